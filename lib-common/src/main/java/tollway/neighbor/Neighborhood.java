// SPDX-License-Identifier: Apache-2.0
package tollway.neighbor;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tollway.admission.TokenBucket;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.identity.Identity;
import tollway.identity.NodeId;
import tollway.loop.EventLoop;
import tollway.loop.Timer;
import tollway.trust.TrustPolicy;
import tollway.wire.Binding;
import tollway.wire.Endpoint;
import tollway.wire.LinkCodec;
import tollway.wire.LinkMessage;

/**
 * Owns the table of neighbours: reads datagrams, cheapest checks first, lets {@link
 * NeighborMachine} decide and has the effects carried out. Owned by one loop.
 */
public final class Neighborhood {
  private static final Logger log = LoggerFactory.getLogger(Neighborhood.class);

  /** Where {@code scrooge2} is spoken: programs of 2017 end at a message that they do not know. */
  public static final int SIDE_PORT = 8482;

  /** The first word of what newcomers say there who made an effort to be heard. */
  public static final String EFFORT = EffortClaim.WORD;

  private static final Duration TICK = Duration.ofMillis(250);

  /**
   * Tunnels cost a process each where the kernel has no WireGuard: so many at once, then slowly.
   */
  private static final double BUILDS_PER_SECOND = 4;

  private static final double BUILD_BURST = 32;

  /** Newcomers cost two answers and a place each. */
  private static final double NEWCOMERS_PER_SECOND = 32;

  private static final double NEWCOMER_BURST = 128;

  /** What we say a second because somebody spoke to us, to strangers and to others. */
  private static final double ANSWERS_TO_STRANGERS = 128;

  private static final double ANSWERS = 512;

  /** How long after a hello of ours a confirmation can be its answer. */
  private static final Duration ANSWER_TIME = Duration.ofSeconds(2);

  /** Nobody's clock is so far ahead. */
  private static final Duration LEAP_LIMIT = Duration.ofDays(3652);

  /** So many answer at once; more of them take turns, one a millisecond. */
  private static final int CHORUS = 16;

  private final EventLoop loop;
  private final Identity identity;
  private final NeighborhoodConfig config;
  private final Surroundings surroundings;
  private final LongSupplier seqnos;
  private final RandomGenerator random;
  private final Gatekeeper gatekeeper;
  private final Claims claims;
  private final Plea plea;
  private final TokenBucket builds;
  private final TokenBucket newcomers;
  private final TokenBucket answersToStrangers;
  private final TokenBucket answers;
  private TrustPolicy policy = TrustPolicy.OPEN;
  private final NeighborTable table = new NeighborTable();
  private final Map<NeighborId, Instant> closed = new HashMap<>();
  private final Map<String, Link> links = new LinkedHashMap<>();

  private final Map<String, Bytes> nonces = new HashMap<>();

  /** Where we were reached last, also on links that are down. */
  private final Map<String, Endpoint> controls = new HashMap<>();

  private final Instant origin;
  private final long originNanos;
  private final Timer ticks;
  private long accepted;
  private long unanswered;

  /** A link that is up. {@code nonce}: fresh for each run and link. */
  private static final class Link {
    final Endpoint control;
    final Bytes nonce;
    final HelloSchedule hellos;
    Instant asked = Instant.MIN;

    Link(Endpoint control, Bytes nonce, HelloSchedule hellos) {
      this.control = control;
      this.nonce = nonce;
      this.hellos = hellos;
    }
  }

  public Neighborhood(
      EventLoop loop,
      Identity identity,
      NeighborhoodConfig config,
      LongSupplier seqnos,
      RandomGenerator random,
      Surroundings surroundings) {
    this.loop = loop;
    this.identity = identity;
    this.config = config;
    this.seqnos = seqnos;
    this.random = random;
    this.surroundings = surroundings;
    origin = loop.now();
    originNanos = loop.nanoTime();
    gatekeeper = new Gatekeeper(identity.nodeId(), config.scrooge2(), originNanos);
    claims = new Claims(loop::nanoTime);
    plea = new Plea(loop, identity.nodeId(), this::plead);
    builds = new TokenBucket(BUILDS_PER_SECOND, BUILD_BURST, originNanos);
    newcomers = new TokenBucket(NEWCOMERS_PER_SECOND, NEWCOMER_BURST, originNanos);
    answersToStrangers = new TokenBucket(ANSWERS_TO_STRANGERS, ANSWERS_TO_STRANGERS, originNanos);
    answers = new TokenBucket(ANSWERS, ANSWERS, originNanos);
    ticks = loop.every(TICK, this::tick);
  }

  /** Whom to have as a neighbour from now on; tunnels with others end at once. */
  public void trust(TrustPolicy changed) {
    loop.checkInLoop();
    policy = changed;
    gatekeeper.trust(changed);
    Instant now = now();
    for (Neighbor neighbor : snapshot()) {
      NeighborId id = neighbor.id();
      if (!policy.speaks() || policy.blocks(id.node())) {
        apply(id, NeighborMachine.forget(neighbor));
      } else {
        boolean welcome = isWelcome(id);
        apply(id, NeighborMachine.onWelcome(neighbor, welcome, now));
      }
    }
  }

  public TrustPolicy policy() {
    return policy;
  }

  /** Ends what there is with {@code node}; its next hello is that of somebody unknown. */
  public void forget(NodeId node) {
    loop.checkInLoop();
    for (Neighbor neighbor : snapshot()) {
      if (neighbor.id().node().equals(node)) {
        apply(neighbor.id(), NeighborMachine.forget(neighbor));
      }
    }
    gatekeeper.forget(node);
  }

  /**
   * We can be reached at {@code control} on {@code link}: says so at once, and from then on. To
   * neighbours who know another address each is told, too.
   */
  public void linkUp(String link, Endpoint control) {
    loop.checkInLoop();
    linkDown(link);
    HelloSchedule hellos =
        new HelloSchedule(loop, config.helloPeriod(), random, () -> sayHello(link));
    links.put(link, new Link(control, nonces.computeIfAbsent(link, fresh -> nonce()), hellos));
    hellos.start();
    @Nullable Endpoint before = controls.put(link, control);
    if (before != null && !before.equals(control)) {
      table.snapshot().stream()
          .filter(neighbor -> neighbor.id().link().equals(link))
          .forEach(this::tellAlone);
    }
  }

  private Bytes nonce() {
    return Bytes.random(random, Binding.NONCE_SIZE);
  }

  private void tellAlone(Neighbor neighbor) {
    loop.schedule(
        turn(neighbor.id().link()),
        () ->
            on(
                neighbor.id(),
                known ->
                    Step.to(
                        known.with(known.contact().asked(now())),
                        new NeighborEffect.SayHello(known.contact().control()))));
  }

  /** When it is our turn to speak where many do. */
  private Duration turn(String link) {
    int speakers = table.sizeOn(link);
    return Duration.ofMillis(speakers > CHORUS ? random.nextInt(speakers) : 0);
  }

  /** Neighbours there are forgotten in their own time: the link may come back. */
  public void linkDown(String link) {
    loop.checkInLoop();
    Link before = links.remove(link);
    if (before != null) {
      before.hellos.stop();
    }
  }

  /** What {@code link} named is no more, nor can a tunnel over it work: its neighbours are new. */
  public void linkGone(String link) {
    linkDown(link);
    nonces.remove(link);
    for (Neighbor neighbor : snapshot()) {
      if (neighbor.id().link().equals(link)) {
        apply(neighbor.id(), NeighborMachine.forget(neighbor));
      }
    }
  }

  /** Whatever came in on {@code link}. */
  public void received(Bytes datagram, InetSocketAddress from, String link) {
    loop.checkInLoop();
    Bytes source = Bytes.of(from.getAddress().getAddress());
    gatekeeper
        .admit(datagram, source, link, (sender, at) -> isKnown(sender, link, at), loop.nanoTime())
        .ifPresent(message -> accept(message, Optional.empty(), source, link));
  }

  /** Whatever came in on the side port of {@code link} and may be a {@code scrooge2} message. */
  public void receivedAside(Bytes datagram, InetSocketAddress from, String link) {
    loop.checkInLoop();
    Link on = links.get(link);
    if (config.scrooge2() == Scrooge2.OFF || on == null) {
      return;
    }
    Bytes source = Bytes.of(from.getAddress().getAddress());
    gatekeeper
        .admitBound(
            datagram,
            source,
            link,
            on.nonce,
            (sender, at) -> isKnown(sender, link, at),
            loop.nanoTime())
        .ifPresent(bound -> accept(bound.message(), Optional.of(bound.binding()), source, link));
  }

  /** A newcomer's {@link EffortClaim}, from the side port of {@code link}. */
  public void receivedEffort(Bytes datagram, String link) {
    loop.checkInLoop();
    Link on = links.get(link);
    if (config.scrooge2() == Scrooge2.OFF || on == null || !policy.speaks()) {
      return;
    }
    try {
      EffortClaim claim = EffortClaim.parse(datagram);
      boolean ours =
          claim.to().equals(identity.nodeId()) && claim.solution().seed().equals(on.nonce);
      Optional<Drop> wrong = ours ? claims.offer(claim) : Optional.of(Drop.MISDIRECTED);
      wrong.ifPresent(gatekeeper::drop);
    } catch (MalformedBytesException noClaim) {
      gatekeeper.drop(Drop.MALFORMED);
    }
  }

  /** Says what we did to be heard, and hello. */
  private void plead(NeighborId whom, EffortClaim claim) {
    find(whom)
        .ifPresent(
            known -> {
              surroundings.sendAside(whom.link(), known.contact().control(), claim.encoded());
              tellAlone(known);
            });
  }

  private boolean isKnown(NodeId sender, String link, Bytes source) {
    if (claims.has(sender)) {
      return true; // It has earned that its hello is looked at.
    }
    Neighbor known = table.get(new NeighborId(sender, link));
    return known != null && known.contact().source().equals(source);
  }

  private void accept(LinkMessage message, Optional<Binding> binding, Bytes source, String link) {
    Introduction introduction = Introduction.of(message);
    if (introduction.isElsewhere(source, link, surroundings)) {
      gatekeeper.drop(Drop.OFF_LINK);
      return;
    }
    NeighborId id = new NeighborId(message.sender(), link);
    Neighbor known = table.get(id);
    Instant now = now();
    if (message instanceof LinkMessage.HelloConfirm && !isAsked(known, link, now)) {
      gatekeeper.drop(Drop.UNASKED);
      return;
    }
    Neighbor before;
    if (introduction instanceof Introduction.Presents presents) {
      Optional<Drop> full = known == null ? makeRoom(id) : Optional.empty();
      if (full.isPresent()) {
        gatekeeper.drop(full.get());
        return;
      }
      before =
          known == null
              ? met(id, presents.control(), source)
              : known.with(known.contact().heardFrom(presents.control(), source, now));
    } else if (isClosed(id)) {
      gatekeeper.drop(Drop.TUNNEL_CLOSED);
      return;
    } else if (known != null && known.contact().source().equals(source)) {
      before = known.with(known.contact().heard(now));
    } else {
      gatekeeper.drop(Drop.UNINTRODUCED);
      return;
    }
    if (binding.isPresent() && binding.get().nonce().size() > 0) {
      before = before.withNonce(binding.get().nonce());
    }
    accepted++;
    apply(id, NeighborMachine.onMessage(before, message, now));
  }

  private boolean isSmallerThan(NeighborId other) {
    return identity.nodeId().compareTo(other.node()) < 0;
  }

  private Neighbor met(NeighborId id, Endpoint control, Bytes source) {
    boolean welcome = isWelcome(id);
    return Neighbor.met(id, isSmallerThan(id), welcome, control, source, now());
  }

  /** Whether a confirmation can be the answer to what we said to all or to {@code known} alone. */
  private boolean isAsked(@Nullable Neighbor known, String link, Instant now) {
    Link on = links.get(link);
    Instant since = now.minus(ANSWER_TIME);
    return (on != null && on.asked.isAfter(since))
        || (known != null && known.contact().asked().isAfter(since));
  }

  /**
   * Room for one more, or why there is none. Whom nobody speaks for goes first, then whoever is
   * less far and longer unheard; nobody with a tunnel, and nobody who is pinned.
   */
  private Optional<Drop> makeRoom(NeighborId newcomer) {
    boolean preferred =
        policy.keeps(newcomer.node(), newcomer.link()) || claims.has(newcomer.node());
    if (!preferred && !newcomers.take(loop.nanoTime())) {
      return Optional.of(Drop.CROWDED);
    }
    boolean linkFull = table.sizeOn(newcomer.link()) >= config.perLink();
    if (!linkFull && table.size() < config.neighbors()) {
      return Optional.empty();
    }
    Optional<Neighbor> eldest =
        table.values().stream()
            .filter(each -> !linkFull || each.id().link().equals(newcomer.link()))
            .filter(each -> !each.holdsTunnel() && !keeps(each))
            .min(
                Comparator.<Neighbor, Boolean>comparing(
                        each -> policy.standing(each.id().node()).isPresent())
                    .thenComparing(Neighbor::state)
                    .thenComparing(each -> each.contact().heard()));
    eldest.ifPresent(neighbor -> apply(neighbor.id(), NeighborMachine.forget(neighbor)));
    return eldest.isPresent() ? Optional.empty() : Optional.of(Drop.TABLE_FULL);
  }

  private boolean keeps(Neighbor neighbor) {
    return policy.keeps(neighbor.id().node(), neighbor.id().link());
  }

  /** The tunnel of that generation listens now. */
  public void tunnelReady(NeighborId id, int generation, TunnelEnd own) {
    on(id, before -> NeighborMachine.onTunnelReady(before, generation, own, now()));
  }

  public void tunnelFailed(NeighborId id, int generation) {
    on(id, before -> NeighborMachine.onTunnelFailed(before, generation, now()));
  }

  /** What served the tunnel died; it is being made anew with the same keys. */
  public void tunnelLost(NeighborId id, int generation) {
    on(id, before -> NeighborMachine.onTunnelLost(before, generation, now()));
  }

  /** {@code stamp} is WireGuard's: only whether it changes matters, not what its clock says. */
  public void handshake(NeighborId id, int generation, Instant stamp) {
    on(id, before -> NeighborMachine.onHandshake(before, generation, stamp, now()));
    if (find(id).map(Neighbor::mayForward).orElse(false)) {
      gatekeeper.marks(false).prove(id.node());
      gatekeeper.marks(true).prove(id.node());
    }
  }

  /**
   * Takes over a tunnel of an earlier run whose last handshake was {@code age} ago; generation 1.
   * False when it is too old to be one, or not wanted.
   */
  public boolean adopt(
      NeighborId id, Endpoint control, TunnelEnd own, TunnelEnd peer, Instant stamp, Duration age) {
    loop.checkInLoop();
    boolean alive = age.compareTo(NeighborMachine.HANDSHAKE_LIFE) < 0;
    boolean welcome = isWelcome(id);
    if (!alive || !welcome || table.get(id) != null || table.size() >= config.neighbors()) {
      return false;
    }
    Instant then = now().minus(age.isNegative() ? Duration.ZERO : age);
    Neighbor met = met(id, control, control.address());
    apply(
        id,
        Step.to(
            met.opening(Attempt.started(1, true, Optional.of(peer), then))
                .open(Attempt.adopted(1, own, peer, stamp, then)),
            new NeighborEffect.Forward(true)));
    return true;
  }

  /** A new tunnel with fresh keys, whatever there is. */
  public Renewal refresh(NeighborId id) {
    loop.checkInLoop();
    Optional<Neighbor> known = find(id);
    if (known.isEmpty()) {
      return Renewal.UNKNOWN;
    }
    if (isClosed(id)) {
      return Renewal.CLOSED;
    }
    if (!known.get().welcome()) {
      return Renewal.UNWELCOME;
    }
    if (known.get().state() == NeighborState.SEEN) {
      return Renewal.UNHEARD;
    }
    if (!hasRoom(id) || !builds.has(loop.nanoTime())) {
      return Renewal.BUSY; // Rather the old tunnel than none.
    }
    apply(id, NeighborMachine.renew(known.get(), now()));
    return Renewal.BEGUN;
  }

  /** Ends its tunnel; no other is made for so long, or until {@link #open}. */
  public void close(NeighborId id, Optional<Duration> period) {
    loop.checkInLoop();
    Instant until = period.map(now()::plus).orElse(Instant.MAX);
    closed.put(id, until);
    on(id, before -> NeighborMachine.onWelcome(before, false, now()));
  }

  /** Takes {@link #close} back, and makes a tunnel if there is none. */
  public Renewal open(NeighborId id) {
    loop.checkInLoop();
    boolean wasClosed = closed.remove(id) != null;
    on(id, before -> NeighborMachine.onWelcome(before, isWelcome(id), now()));
    boolean there = find(id).filter(Neighbor::holdsTunnel).isPresent();
    Renewal renewal = there ? Renewal.THERE : refresh(id);
    return wasClosed && renewal == Renewal.UNKNOWN ? Renewal.UNHEARD : renewal;
  }

  /** Those whose tunnels are closed, and until when; {@link Instant#MAX} is for good. */
  public Map<NeighborId, Instant> closed() {
    loop.checkInLoop();
    return Map.copyOf(closed);
  }

  /** Whether the operator lets it have a tunnel now. */
  private boolean isWelcome(NeighborId id) {
    return policy.welcomes(id.node(), id.link()) && !isClosed(id);
  }

  private boolean isClosed(NeighborId id) {
    return closed.containsKey(id);
  }

  public List<Neighbor> snapshot() {
    loop.checkInLoop();
    return table.snapshot();
  }

  public Optional<Neighbor> find(NeighborId id) {
    loop.checkInLoop();
    return Optional.ofNullable(table.get(id));
  }

  /**
   * The highest sequence numbers of those who had a tunnel with us, of {@code scrooge} or {@code
   * scrooge2} messages, for the next run. Not those that are years ahead of the clock: who said
   * such a one by mistake is heard again after a restart.
   */
  public Map<NodeId, Long> highestSeqnos(boolean bound) {
    loop.checkInLoop();
    long limit = loop.now().plus(LEAP_LIMIT).getEpochSecond() * 1_000_000;
    Map<NodeId, Long> kept = new HashMap<>(gatekeeper.marks(bound).proven());
    kept.values().removeIf(seqno -> Long.compareUnsigned(seqno, limit) > 0);
    return kept;
  }

  /** What an earlier run's {@link #highestSeqnos} were: not to be believed again. */
  public void recall(boolean bound, Map<NodeId, Long> seqnos) {
    loop.checkInLoop();
    gatekeeper.marks(bound).recall(seqnos);
  }

  /** The highest sequence number that {@code node} was believed. */
  public OptionalLong highestSeqno(NodeId node) {
    return gatekeeper.highestSeqno(node);
  }

  /** Whether a neighbour's last hello came from this address on {@code link}. */
  public boolean speaksFrom(String link, Bytes source) {
    return table.speaksFrom(link, source);
  }

  /** Datagrams that were messages for us. */
  public long accepted() {
    return accepted;
  }

  /** Answers that we did not give, because we had given too many. */
  public long unanswered() {
    return unanswered;
  }

  public Map<Drop, Long> drops() {
    return gatekeeper.drops();
  }

  /** The clock of the table's instants: never steps. */
  public Instant now() {
    return origin.plusNanos(loop.nanoTime() - originNanos);
  }

  /** Says nothing more and decides nothing more. */
  public void stop() {
    loop.checkInLoop();
    ticks.cancel();
    plea.stop();
    List.copyOf(links.keySet()).forEach(this::linkDown);
  }

  private void tick() {
    Instant now = now();
    closed()
        .forEach(
            (id, until) -> {
              if (!now.isBefore(until)) {
                open(id);
              }
            });
    for (Neighbor neighbor : snapshot()) {
      apply(neighbor.id(), NeighborMachine.onTick(neighbor, config.silence(), now));
    }
    claims.work().ifPresent(gatekeeper::drop);
    if (config.scrooge2() != Scrooge2.OFF && policy.speaks()) {
      plea.tick(snapshot());
    }
  }

  private void on(NeighborId id, Function<Neighbor, Step> event) {
    loop.checkInLoop();
    Neighbor before = table.get(id);
    if (before != null) {
      apply(id, event.apply(before));
    }
  }

  private void apply(NeighborId id, Step step) {
    Neighbor before = table.get(id);
    step.next().ifPresentOrElse(table::put, () -> table.remove(id));
    tellChange(id, before, step.next());
    for (NeighborEffect effect : step.effects()) {
      if (effect instanceof NeighborEffect.Build build && !mayBuild(id)) {
        tunnelFailed(id, build.generation());
        return;
      }
      carryOut(id, effect);
    }
  }

  private void carryOut(NeighborId id, NeighborEffect effect) {
    if (effect instanceof NeighborEffect.SayTunnel request) {
      say(id, request);
    } else if (effect instanceof NeighborEffect.Say answer) {
      answer(id, answer);
    } else if (effect instanceof NeighborEffect.Tunnel tunnel) {
      surroundings.perform(id, tunnel);
    }
  }

  /** Nobody makes us say more than we may. */
  private void answer(NeighborId id, NeighborEffect.Say answer) {
    Neighbor known = table.get(id);
    boolean stranger = known == null || known.state() == NeighborState.SEEN;
    if (!(stranger ? answersToStrangers : answers).take(loop.nanoTime())) {
      unanswered++;
      return;
    }
    Duration turn =
        answer instanceof NeighborEffect.SayHelloConfirm ? turn(id.link()) : Duration.ZERO;
    if (turn.isZero()) {
      say(id, answer);
    } else {
      loop.schedule(turn, () -> say(id, answer));
    }
  }

  private boolean mayBuild(NeighborId id) {
    return (hasRoom(id) || othersMakeWay(id)) && builds.take(loop.nanoTime());
  }

  /** Whether it could have one of the tunnels that we make at most. */
  public boolean hasRoom(NeighborId id) {
    long others =
        table.values().stream()
            .filter(neighbor -> neighbor.holdsTunnel() && !neighbor.id().equals(id))
            .count();
    return others < config.tunnels();
  }

  /** Who is pinned gets a tunnel, and if another has to end for it. */
  private boolean othersMakeWay(NeighborId id) {
    Optional<Neighbor> last =
        policy.keeps(id.node(), id.link())
            ? table.values().stream()
                .filter(each -> each.holdsTunnel() && !keeps(each))
                .min(
                    Comparator.comparing(Neighbor::state)
                        .thenComparing(each -> each.contact().heard()))
            : Optional.empty();
    last.ifPresent(each -> apply(each.id(), NeighborMachine.makeWay(each, now())));
    return last.isPresent();
  }

  private void say(NeighborId id, NeighborEffect.Say say) {
    Link on = links.get(id.link());
    if (on == null || !policy.speaks()) {
      return; // The link went down meanwhile: they will hear of us when it is up again.
    }
    Neighbor neighbor = table.get(id);
    Optional<Bytes> theirs = neighbor == null ? Optional.empty() : neighbor.nonce();
    if (theirs.isPresent()) {
      LinkMessage message = say.message(identity.nodeId(), aside(on.control), seqnos.getAsLong());
      Binding binding = say.binding(id.node(), theirs.get(), on.nonce);
      surroundings.sendAside(id.link(), say.to(), LinkCodec.sign(message, binding, identity));
    } else if (config.scrooge2() != Scrooge2.REQUIRE) {
      LinkMessage message = say.message(identity.nodeId(), on.control, seqnos.getAsLong());
      surroundings.send(id.link(), say.to(), LinkCodec.sign(message, identity));
    }
  }

  private void sayHello(String link) {
    Link on = links.get(link);
    if (on == null || !policy.speaks()) {
      return;
    }
    on.asked = now();
    NodeId self = identity.nodeId();
    if (config.scrooge2() != Scrooge2.OFF) { // First: who knows both shall hear this one.
      LinkMessage hello = new LinkMessage.Hello(self, aside(on.control), seqnos.getAsLong());
      surroundings.multicastAside(link, LinkCodec.sign(hello, Binding.hello(on.nonce), identity));
    }
    if (config.scrooge2() != Scrooge2.REQUIRE) {
      LinkMessage hello = new LinkMessage.Hello(self, on.control, seqnos.getAsLong());
      surroundings.multicast(link, LinkCodec.sign(hello, identity));
    }
  }

  private static Endpoint aside(Endpoint control) {
    return new Endpoint(control.address(), control.zone(), SIDE_PORT);
  }

  private void tellChange(NeighborId id, @Nullable Neighbor before, Optional<Neighbor> next) {
    Optional<NeighborState> was = Optional.ofNullable(before).map(Neighbor::state);
    Optional<NeighborState> is = next.map(Neighbor::state);
    if (was.equals(is)) {
      return;
    }
    surroundings.changed(id, was, is);
    String change = name(was, "unknown") + " → " + name(is, "forgotten");
    if (change.contains(NeighborState.TUNNEL.name())) {
      log.info("{}: {}", id, change);
    } else {
      log.debug("{}: {}", id, change);
    }
  }

  private static String name(Optional<NeighborState> state, String none) {
    return state.map(NeighborState::name).orElse(none);
  }
}
