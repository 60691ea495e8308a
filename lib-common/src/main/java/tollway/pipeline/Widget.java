// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tollway.identity.Identity;
import tollway.identity.NodeId;
import tollway.loop.NettyEventLoop;
import tollway.loop.Timer;
import tollway.onward.Onward;
import tollway.onward.VolunteerHops;
import tollway.reach.Reach;
import tollway.signaling.Advert;
import tollway.signaling.PathAssertion;
import tollway.signaling.Signal;
import tollway.signaling.SignalingClient;
import tollway.signaling.SignalingListener;
import tollway.stun.NatMapping;
import tollway.webrtc.PeerConfig;
import tollway.worker.MatchId;
import tollway.worker.SlotEnd;

/**
 * The volunteer: meets people by way of freddie and relays what they send to the egresses of its
 * invites, itself or by way of other volunteers, and nowhere else, without being able to read it.
 * Every method and callback is on its loop.
 */
public final class Widget {
  private static final Duration TICK = Duration.ofSeconds(1);

  private final NettyEventLoop loop;
  private final NodeId node;
  private final WidgetConfig config;
  private final WidgetListener listener;
  private final Reach reach;
  private final SignalingClient signaling;
  private final VolunteerHops hops;
  private final WidgetWays ways;
  private final WidgetSlots slots;
  private final WidgetRecord record;
  private final WidgetConduct conduct;
  private final StunPool stun;
  private final WidgetTrouble trouble = new WidgetTrouble();
  private @Nullable Timer ticking;
  private NatMapping nat = NatMapping.UNKNOWN;
  private boolean known;
  private boolean ready;
  private boolean started;
  private boolean closed;

  private Widget(
      NettyEventLoop loop, WidgetConfig config, Identity identity, WidgetListener listener) {
    this.loop = loop;
    node = identity.nodeId();
    this.config = config;
    this.listener = listener;
    WidgetShares shares = new WidgetShares(loop);
    record = new WidgetRecord(listener::fault);
    conduct = new WidgetConduct(loop, config.limits(), shares, this::stand);
    slots = new WidgetSlots(loop, shares, new SlotEvents());
    reach = Reach.open(config.reach(), config.freddies());
    signaling = new SignalingClient(loop, reach, identity, new Signals());
    if (config.includeLoopback()) {
      signaling.meetOwnHost();
    }
    stun =
        new StunPool(
            loop,
            config.stun(),
            Stream.concat(config.reach().freddies().stream(), config.freddies().stream()).toList(),
            config.stunServers(),
            config.includeLoopback());
    hops = new VolunteerHops(loop, signaling::send, this::channels);
    ways = new WidgetWays(loop, config, hops, new EgressEvents());
  }

  /** Not yet connected to anybody; any thread. */
  public static Widget create(
      NettyEventLoop loop, WidgetConfig config, Identity identity, WidgetListener listener) {
    return new Widget(loop, config, identity, listener);
  }

  /** Begins to connect; once, and not after {@link #close}. */
  public void start() {
    loop.checkInLoop();
    if (started || closed) {
      return;
    }
    started = true;
    conduct.start();
    ways.start();
    signaling.start();
    ticking = loop.every(TICK, this::tick);
  }

  /** Counts what is relayed from now on in {@code journal}; before limits with a quota are set. */
  public void countIn(RelayJournal journal) {
    loop.checkInLoop();
    conduct.countIn(journal);
  }

  public boolean isCounting() {
    return conduct.isCounting();
  }

  public WidgetLimits limits() {
    return conduct.limits();
  }

  /** What the volunteer gives from now on. Fewer slots drain: nobody is sent away for that. */
  public void limit(WidgetLimits now) {
    loop.checkInLoop();
    conduct.limit(now);
    slots.limit(now.ratePerPerson());
    restate();
    listener.limited(conduct.standing());
  }

  /** Sends everybody away and takes nobody, until {@link #resume}. */
  public void pause() {
    wish(Standing.Wish.PAUSE);
  }

  /** Takes nobody new, until {@link #resume}. */
  public void drain() {
    wish(Standing.Wish.DRAIN);
  }

  public void resume() {
    wish(Standing.Wish.HELP);
  }

  /** Whether the connection is one that somebody pays by the byte. */
  public void metered(boolean is) {
    loop.checkInLoop();
    conduct.metered(is);
  }

  public WidgetStatus status() {
    loop.checkInLoop();
    Standing standing = conduct.standing();
    return new WidgetStatus(
        node,
        standing,
        standing.keepsPeople() && ready ? standing.text() : obstacle(),
        conduct.limits(),
        config.via(),
        known,
        slots.all().stream().map(WidgetSlot::status).toList(),
        ways.status(),
        conduct.traffic(record.up(slots.all()), record.down(slots.all())),
        record.ends(),
        record.counts(),
        record.faults(),
        conduct.changesAt());
  }

  /** Who is connected now, and how much went to and fro. */
  public WidgetSnapshot snapshot() {
    loop.checkInLoop();
    return slots.snapshot(ways.connected());
  }

  /** Leaves everybody at once. */
  public void close() {
    loop.checkInLoop();
    if (closed) {
      return;
    }
    closed = true;
    if (ticking != null) {
      ticking.cancel();
    }
    slots.everybodyOut(SlotEnd.LEAVING, "the volunteer is leaving");
    conduct.close();
    ways.close();
    stun.close();
    signaling.close();
  }

  private void wish(Standing.Wish now) {
    loop.checkInLoop();
    conduct.wish(now);
  }

  private void tick() {
    slots.tick();
    conduct.tick();
  }

  /** What we may do has changed. */
  private void stand(Standing now) {
    if (closed) {
      return;
    }
    restate();
    if (!now.keepsPeople()) {
      slots.everybodyOut(SlotEnd.WITHDRAWN, now.text());
    }
    listener.limited(now);
  }

  /** Why nobody can be helped now. */
  private String obstacle() {
    Standing standing = conduct.standing();
    return standing == Standing.OPEN ? trouble.text() : standing.text();
  }

  /** Says to freddie and to our owner what we can do now. */
  private void restate() {
    if (closed) {
      return;
    }
    PathAssertion paths = ways.assertion();
    boolean open = conduct.isOpen() && !paths.allow().isEmpty();
    int offered = open ? Math.max(0, conduct.limits().slots() - slots.earlier()) : 0;
    signaling.offerSlots(new Advert(offered, paths, config.tag(), nat));
    boolean now = known && open;
    if (now != ready || !now) {
      ready = now;
      listener.readiness(now, now ? "ready for " + conduct.limits().slots() : obstacle());
    }
  }

  private void matched(Signal.Matched match) {
    if (match.role() == Signal.Role.CONSUMER) {
      hops.matched(match);
      return;
    }
    if (slots.has(match.match())) {
      return; // One match, one slot.
    }
    MatchId id = slots.id(match);
    Optional<Onward> way =
        closed || !conduct.isOpen() || slots.size() >= conduct.limits().slots()
            ? Optional.empty()
            : ways.to(match, why -> slots.cutOff(id, why));
    way.ifPresentOrElse(
        found -> slots.take(match, found),
        () -> signaling.send(new Signal.HangUp(match.match(), "no free slot", true)));
  }

  /** How data channels are made now. */
  private PeerConfig channels() {
    return PathChannels.config(
            stun.draw(), config.ports(), config.includeLoopback(), reach.hellos())
        .withPortMapping(config.mapPorts());
  }

  private final class Signals implements SignalingListener {
    @Override
    public void connected(List<String> offered) {
      known = true;
      trouble.freddie("");
      listener.welcomed(offered);
      slots.welcomed();
      stun.welcomed(offered, signaling.isNear());
      restate();
    }

    @Override
    public void disconnected(String why) {
      known = false;
      trouble.freddie("freddie at " + why);
      record.fault(loop.now(), WidgetFault.Cause.FREDDIE_AWAY, why);
      hops.freddieGone();
      restate();
    }

    @Override
    public void matched(Signal.Matched match) {
      Widget.this.matched(match);
    }

    @Override
    public void description(Signal.Description description) {
      if (description.kind() == Signal.Kind.ANSWER) {
        hops.answer(description);
      } else if (slots.has(description.match())) {
        slots.offer(description);
        hops.begin(description.match());
      }
    }

    @Override
    public void candidate(Signal.Candidate candidate) {
      if (slots.has(candidate.match())) {
        slots.candidate(candidate);
      } else {
        hops.candidate(candidate);
      }
    }

    @Override
    public void hungUp(Signal.HangUp hangUp) {
      hops.hungUp(hangUp);
      slots.hungUp(hangUp);
    }

    @Override
    public void refused(Signal.Refusal refusal) {
      trouble.freddie("freddie refuses: " + refusal.text());
      record.fault(loop.now(), WidgetFault.Cause.FREDDIE_REFUSED, refusal.text());
      listener.readiness(false, trouble.text());
      ready = false;
    }
  }

  private final class EgressEvents implements EgressSocket.Listener {
    @Override
    public void up() {
      trouble.egressConnected();
      restate();
    }

    @Override
    public void down(String why) {
      trouble.egress(why);
      record.fault(loop.now(), WidgetFault.Cause.LINK_LOST, why);
      restate();
    }
  }

  private final class SlotEvents implements WidgetSlots.Owner {
    @Override
    public void say(Signal signal) {
      signaling.send(signal);
    }

    @Override
    public PeerConfig peerConfig() {
      return channels();
    }

    @Override
    public void nat(NatMapping found) {
      if (found != NatMapping.UNKNOWN && found != nat) {
        nat = found;
        restate();
      }
    }

    @Override
    public void passedOn(int bytes) {
      conduct.passedOn(bytes);
    }

    @Override
    public void moved(String what) {
      if (!closed) {
        listener.helping(slots.helped(), what);
      }
    }

    @Override
    public void ended(NodeId person, SlotEnd cause, String why, WidgetStatus.Slot last) {
      record.ended(loop.now(), person, cause, why, last);
    }

    @Override
    public void freed() {
      restate();
    }
  }
}
