// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.loop.EventLoop;
import tollway.loop.Timer;
import tollway.stun.StunAttribute;
import tollway.stun.StunCodec;
import tollway.stun.StunMessage;
import tollway.stun.StunTransaction;

/**
 * Decides which pair carries the datagrams: checks pairs (RFC 8445 §6, §7), picks one (§8), asks it
 * for consent (RFC 7675) and looks for another when it goes silent. Knows no sockets; lives on one
 * loop.
 *
 * <p>The pair in use is the best one that answered, from the first answer on (RFC 8445 §12.1 allows
 * data before nomination): a connection costs one round trip. The controlling side nominates when
 * nothing better can still come, so that both sides settle on one pair.
 */
final class IceChecks {
  /** Where the decisions go. Both ends of {@link #failed} may close the checks. */
  interface Output {
    void stun(IceBase from, InetSocketAddress to, Bytes datagram);

    /** Datagrams go over this pair from now on. */
    void active(IcePair pair);

    /** There is none, and none will come. Once. */
    void failed(String why);
  }

  /**
   * The least first pause between repeats. RFC 8445 §14.3 asks for 500 ms; but what it protects,
   * the network of somebody with many pairs to try, {@link #pause} protects with the same formula,
   * and for the usual few pairs a lost packet would cost the user half a second.
   */
  private static final Duration LEAST_PAUSE = Duration.ofMillis(100);

  private static final int SENDS = 7;

  /** More open requests over one pair than any sane peer leaves unanswered. */
  private static final int MOST_OPEN_PER_PAIR = 16;

  /** How long the controlling side waits for a better pair than the best that answered. */
  private static final Duration NOMINATION_PATIENCE = Duration.ofMillis(200);

  private static final Logger log = LoggerFactory.getLogger(IceChecks.class);

  private final EventLoop loop;
  private final Random random;
  private final IceConfig config;
  private final Output output;
  private final IceStun stun;
  private final IcePairTable table = new IcePairTable();
  private final Map<Bytes, IceCheck> open = new HashMap<>();
  private final Set<IcePair> triggered = new LinkedHashSet<>();

  private IceRole role;
  private boolean remoteIsLite;
  private boolean closed;

  private @Nullable IcePair active;
  private @Nullable IcePair nominated;
  private @Nullable IcePair nominating;

  /** The pair in use has been silent for half its time: others are tried again. */
  private boolean doubted;

  private long connectedAt;
  private boolean everConnected;

  private @Nullable Timer pacer;
  private Timer deadline = () -> {};
  private Timer consent = () -> {};
  private Timer nomination = () -> {};

  IceChecks(
      EventLoop loop,
      Random random,
      IceConfig config,
      IceRole role,
      IceCredentials local,
      Output output) {
    this.loop = loop;
    this.random = random;
    this.config = config;
    this.role = role;
    this.stun = new IceStun(local, random);
    this.output = output;
  }

  IceRole role() {
    return role;
  }

  Optional<IcePair> active() {
    return Optional.ofNullable(active);
  }

  Optional<IcePair> nominated() {
    return Optional.ofNullable(nominated);
  }

  int openChecks() {
    return open.size();
  }

  int pairs() {
    return table.pairs().size();
  }

  void addBase(IceBase base) {
    if (!closed) {
      table.addBase(base, role);
      pace();
    }
  }

  void remoteCredentials(IceCredentials remote) {
    if (closed || stun.knowsRemote()) {
      return;
    }
    stun.remote(remote);
    deadline = loop.schedule(config.connectTimeout(), this::onDeadline);
    pace();
  }

  /** RFC 8445 §6.1.1: with a lite peer the full agent controls. */
  void remoteIsLite() {
    if (closed) {
      return;
    }
    remoteIsLite = true;
    if (role == IceRole.CONTROLLED) {
      switchRole();
    }
  }

  void addRemote(IceCandidate candidate) {
    if (closed || !AddressScope.allows(config.remotes(), candidate.address())) {
      return;
    }
    if (!table.addRemote(candidate.address(), candidate.priority(), role)) {
      log.debug("a candidate of the peer too many");
    }
    pace();
  }

  /** Whether what comes from there is the peer's: an authentic message came from there before. */
  boolean isProved(IceBase base, InetSocketAddress from) {
    return table.find(base, from).map(pair -> pair.proved).orElse(false);
  }

  /** A datagram that may be STUN came in. */
  void onStun(IceBase base, InetSocketAddress from, Bytes datagram) {
    if (closed) {
      return;
    }
    try {
      StunMessage message = StunCodec.decode(datagram);
      if (message.isBinding(StunMessage.Kind.REQUEST)) {
        // RFC 8489 §9.1.3 would answer strangers with 400 or 401; silence tells a prober less, and
        // nobody can make us send by sending to us.
        if (stun.isForUs(message, datagram)) {
          onRequest(base, from, message);
        }
      } else if (message.isBinding(StunMessage.Kind.SUCCESS)
          || message.isBinding(StunMessage.Kind.ERROR)) {
        onAnswer(base, from, message, datagram);
      }
    } catch (MalformedBytesException malformed) {
      log.trace("not STUN: {}", malformed.getMessage());
    }
  }

  void close() {
    closed = true;
    open.values().forEach(IceCheck::stopRepeating);
    open.clear();
    triggered.clear();
    table.clear();
    active = null;
    nominated = null;
    nominating = null;
    if (pacer != null) {
      pacer.cancel();
    }
    deadline.cancel();
    consent.cancel();
    nomination.cancel();
  }

  // The peer asks (RFC 8445 §7.3).

  private void onRequest(IceBase base, InetSocketAddress from, StunMessage request) {
    if (!request.unknownRequired().isEmpty()) {
      StunAttribute unknown = new StunAttribute.UnknownAttributes(request.unknownRequired());
      answer(base, from, request.error(StunAttribute.ErrorCode.UNKNOWN_ATTRIBUTE, unknown));
      return;
    }
    if (losesConflict(request)) {
      answer(base, from, request.error(StunAttribute.ErrorCode.ROLE_CONFLICT));
      return;
    }
    answer(base, from, request.success(new StunAttribute.XorMappedAddress(from)));
    if (closed || !AddressScope.allows(config.remotes(), from)) {
      return;
    }
    long priority =
        request.first(StunAttribute.Priority.class).map(StunAttribute.Priority::value).orElse(1L);
    boolean nominates = request.first(StunAttribute.UseCandidate.class).isPresent();
    table
        .reached(base, from, Math.max(1, Math.min(priority, 0x7fff_ffffL)), role)
        .ifPresent(pair -> onPeerCheck(pair, nominates && role == IceRole.CONTROLLED));
  }

  private void answer(IceBase base, InetSocketAddress to, StunMessage answer) {
    output.stun(base, to, stun.answer(answer));
  }

  /** RFC 8445 §7.3.1.1. True: the peer has to give way. */
  private boolean losesConflict(StunMessage request) {
    Optional<Long> theirs =
        role == IceRole.CONTROLLING
            ? request
                .first(StunAttribute.IceControlling.class)
                .map(StunAttribute.IceControlling::tieBreaker)
            : request
                .first(StunAttribute.IceControlled.class)
                .map(StunAttribute.IceControlled::tieBreaker);
    if (theirs.isEmpty() || remoteIsLite) {
      return false;
    }
    boolean weControl = stun.winsAgainst(theirs.get());
    if (weControl == (role == IceRole.CONTROLLING)) {
      return true;
    }
    switchRole();
    return false;
  }

  private void switchRole() {
    role = role.other();
    nominating = null;
    decide();
  }

  private void onPeerCheck(IcePair pair, boolean nominates) {
    pair.proved = true;
    boolean alive = pair.state == IcePair.State.SUCCEEDED && isFresh(pair);
    if (nominates && alive) {
      settle(pair);
    } else if (nominates) {
      pair.nominateWhenValid = true;
      trigger(pair);
    } else if (!alive && !isSettled()) {
      trigger(pair);
    }
  }

  /** RFC 8445 §7.3.1.4: what the peer could send over we try at once. */
  private void trigger(IcePair pair) {
    if (pair.state == IcePair.State.IN_PROGRESS) {
      if (loop.nanoTime() - pair.checkedAt < config.pacing().toNanos()) {
        return;
      }
      pair.checks.forEach(IceCheck::stopRepeating);
    }
    pair.state = IcePair.State.WAITING;
    triggered.add(pair);
    pace();
  }

  // We ask (RFC 8445 §7.2).

  /** Sends the next check, unless the last was less than Ta ago (RFC 8445 §6.1.4.2). */
  private void pace() {
    if (closed || pacer != null || !stun.knowsRemote()) {
      return;
    }
    Optional<IcePair> next = nextPair();
    if (next.isPresent()) {
      pacer =
          loop.schedule(
              config.pacing(),
              () -> {
                pacer = null;
                pace();
              });
      check(next.get(), false);
    }
  }

  private Optional<IcePair> nextPair() {
    while (!triggered.isEmpty()) {
      IcePair pair = triggered.iterator().next();
      triggered.remove(pair);
      if (table.holds(pair) && pair.state == IcePair.State.WAITING) {
        return Optional.of(pair);
      }
    }
    return isSettled()
        ? Optional.empty()
        : table.best(role, pair -> pair.state == IcePair.State.WAITING);
  }

  private void check(IcePair pair, boolean nominates) {
    if (pair.state != IcePair.State.SUCCEEDED) {
      pair.state = IcePair.State.IN_PROGRESS;
    }
    pair.checkedAt = loop.nanoTime();
    IceCheck check = open(pair, nominates);
    Bytes request = stun.request(check);
    check.repeats =
        StunTransaction.start(
            loop,
            pause(),
            SENDS,
            () -> output.stun(pair.base, pair.remote, request),
            () -> onSilence(check));
  }

  /** RFC 8445 §14.3: Ta times the pairs that are tried or wait for it. */
  private Duration pause() {
    long tried = table.pairs().stream().filter(IcePair::isTried).count();
    Duration all = config.pacing().multipliedBy(tried);
    return all.compareTo(LEAST_PAUSE) > 0 ? all : LEAST_PAUSE;
  }

  private IceCheck open(IcePair pair, boolean nominates) {
    IceCheck check = new IceCheck(stun.newTransactionId(), pair, role, nominates);
    if (pair.checks.size() == MOST_OPEN_PER_PAIR) {
      forget(pair.checks.getFirst());
    }
    pair.checks.addLast(check);
    open.put(check.id, check);
    return check;
  }

  private void forget(IceCheck check) {
    check.stopRepeating();
    check.pair.checks.remove(check);
    open.remove(check.id);
  }

  private void forgetAll(IcePair pair) {
    while (!pair.checks.isEmpty()) {
      forget(pair.checks.getFirst());
    }
  }

  private void onSilence(IceCheck check) {
    IcePair pair = check.pair;
    boolean latest = pair.checks.peekLast() == check;
    forget(check);
    if (check.nominates && nominating == pair) {
      nominating = null;
    }
    if (latest) {
      giveUp(pair);
    }
    decide();
  }

  private void onAnswer(IceBase base, InetSocketAddress from, StunMessage answer, Bytes datagram) {
    IceCheck check = open.get(answer.transactionId());
    if (check == null || !stun.isFromPeer(datagram)) {
      return;
    }
    IcePair pair = check.pair;
    // RFC 8445 §7.2.5.2.1: an answer takes the way of its request.
    if (!pair.base.equals(base) || !pair.remote.equals(from)) {
      forget(check);
      giveUp(pair);
      decide();
    } else if (answer.kind() == StunMessage.Kind.ERROR) {
      forget(check);
      onRefusal(check, answer);
    } else if (answer.first(StunAttribute.XorMappedAddress.class).isPresent()) {
      forget(check);
      onSuccess(check);
    }
  }

  private void onRefusal(IceCheck check, StunMessage answer) {
    int code =
        answer.first(StunAttribute.ErrorCode.class).map(StunAttribute.ErrorCode::code).orElse(0);
    if (code == StunAttribute.ErrorCode.ROLE_CONFLICT && !remoteIsLite) {
      // RFC 8445 §7.2.5.1. A request that crossed with a switch already made changes nothing.
      if (check.role == role) {
        stun.changeTieBreaker();
        switchRole();
      }
      if (!closed && check.pair.state != IcePair.State.SUCCEEDED) {
        trigger(check.pair);
      }
    } else {
      // A refused nomination is not tried again: the pair itself works.
      giveUp(check.pair);
      decide();
    }
  }

  private void giveUp(IcePair pair) {
    if (pair.state == IcePair.State.IN_PROGRESS) {
      forgetAll(pair);
      pair.state = IcePair.State.FAILED;
    }
  }

  private void onSuccess(IceCheck check) {
    IcePair pair = check.pair;
    pair.proved = true;
    pair.answeredAt = loop.nanoTime();
    pair.state = IcePair.State.SUCCEEDED;
    triggered.remove(pair);
    // What repeats has its answer now; consent checks are worth an answer each.
    List.copyOf(pair.checks).stream()
        .filter(other -> other.repeats != null && !other.nominates)
        .forEach(this::forget);
    if (pair == active) {
      doubted = false;
      scheduleConsent(pair, config.consentInterval());
    }
    boolean peerNominated = pair.nominateWhenValid && role == IceRole.CONTROLLED;
    boolean weNominated = check.nominates && role == IceRole.CONTROLLING;
    if (weNominated || peerNominated) {
      settle(pair);
    } else {
      decide();
    }
  }

  // Which pair (RFC 8445 §8).

  /** Both sides agree on {@code pair}: the other checks end. */
  private void settle(IcePair pair) {
    pair.nominateWhenValid = false;
    nominating = null;
    boolean keeps =
        role == IceRole.CONTROLLED
            && nominated != null
            && nominated == active
            && !doubted
            && nominated.priority(role) > pair.priority(role);
    if (keeps) {
      // A peer that nominates everything (RFC 5245's aggressive mode) means the best of them. One
      // that noticed before us that the best is dead is followed once we doubt it, too.
      pair.nominateWhenValid = true;
      return;
    }
    nominated = pair;
    triggered.clear();
    for (IcePair other : table.pairs()) {
      if (other != pair && other != active) {
        forgetAll(other);
      }
      if (other.state == IcePair.State.IN_PROGRESS) {
        other.state = IcePair.State.WAITING;
      }
    }
    activate(pair);
  }

  private boolean isSettled() {
    return nominated != null && nominated == active && !doubted;
  }

  private boolean isFresh(IcePair pair) {
    return silence(pair) < config.consentTimeout().toNanos() / 2;
  }

  private long silence(IcePair pair) {
    return loop.nanoTime() - pair.answeredAt;
  }

  /** Takes the best pair that answers, if the one in use is none or worse; then nominates. */
  private void decide() {
    if (closed) {
      return;
    }
    Optional<IcePair> best =
        table.best(
            role,
            pair ->
                pair.state == IcePair.State.SUCCEEDED
                    && isFresh(pair)
                    && !(pair == active && doubted));
    if (best.isPresent() && best.get() != active) {
      boolean better = nominated == null || active == null || doubted;
      if (better) {
        activate(best.get());
      }
    }
    if (!closed && role == IceRole.CONTROLLING) {
      nominate();
    }
  }

  private void nominate() {
    IcePair candidate = active;
    if (candidate == null || candidate == nominated || nominating != null || doubted) {
      return;
    }
    long waited = loop.nanoTime() - connectedAt;
    long patience = NOMINATION_PATIENCE.toNanos() - waited;
    if (patience > 0 && betterMayCome(candidate)) {
      nomination.cancel();
      nomination = loop.schedule(Duration.ofNanos(patience), this::decide);
      return;
    }
    nominating = candidate;
    check(candidate, true);
  }

  private boolean betterMayCome(IcePair than) {
    return table
        .best(role, pair -> pair.isTried() && pair.priority(role) > than.priority(role))
        .isPresent();
  }

  private void activate(IcePair pair) {
    if (active == pair) {
      return;
    }
    active = pair;
    doubted = false;
    if (!everConnected) {
      everConnected = true;
      connectedAt = loop.nanoTime();
      deadline.cancel();
    }
    scheduleConsent(pair, config.consentInterval());
    output.active(pair);
  }

  // Whether it still lives (RFC 7675).

  private void onConsentDue() {
    IcePair pair = active;
    if (closed || pair == null) {
      return;
    }
    long silence = silence(pair);
    if (silence >= config.consentTimeout().toNanos()) {
      lose(pair);
      return;
    }
    if (!doubted && !isFresh(pair)) {
      doubted = true;
      tryOthersAgain(pair);
    }
    // Sooner than usual, unless an answer comes: one lost packet is no reason to doubt.
    scheduleConsent(pair, config.consentInterval().dividedBy(4));
    IceCheck check = open(pair, false);
    output.stun(pair.base, pair.remote, stun.request(check));
  }

  /** Asks again after about {@code pause} (RFC 7675 §5.1); never later than the next decision. */
  private void scheduleConsent(IcePair pair, Duration pause) {
    long next = (long) (pause.toNanos() * (0.8 + 0.4 * random.nextDouble()));
    long timeout = config.consentTimeout().toNanos();
    long silence = silence(pair);
    long decision = silence < timeout / 2 ? timeout / 2 - silence : timeout - silence;
    consent.cancel();
    consent =
        loop.schedule(Duration.ofNanos(Math.max(0, Math.min(next, decision))), this::onConsentDue);
  }

  private void tryOthersAgain(IcePair silent) {
    nominating = null;
    for (IcePair pair : table.pairs()) {
      if (pair != silent) {
        forgetAll(pair);
        pair.state = IcePair.State.WAITING;
      }
    }
    pace();
  }

  private void lose(IcePair pair) {
    forgetAll(pair);
    pair.state = IcePair.State.FAILED;
    active = null;
    nominated = null;
    nominating = null;
    doubted = false;
    decide();
    if (active == null && !closed) {
      fail("the peer has been silent for " + config.consentTimeout().toMillis() + " ms");
    }
  }

  private void onDeadline() {
    if (active == null) {
      fail(
          "no path to the peer within "
              + config.connectTimeout().toMillis()
              + " ms: it named "
              + table.remotes()
              + " addresses, "
              + table.pairs().size()
              + " pairs were tried");
    }
  }

  private void fail(String why) {
    close();
    output.failed(why);
  }
}
