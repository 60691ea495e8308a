// SPDX-License-Identifier: Apache-2.0
package tollway.neighbor;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tollway.bytes.Bytes;
import tollway.identity.Identity;
import tollway.identity.NodeId;
import tollway.loop.EventLoop;
import tollway.loop.Timer;
import tollway.wire.Endpoint;
import tollway.wire.LinkCodec;
import tollway.wire.LinkMessage;

/**
 * Owns the table of neighbours: reads datagrams, cheapest checks first, lets {@link
 * NeighborMachine} decide and has the effects carried out. Owned by one loop.
 */
public final class Neighborhood {
  private static final Logger log = LoggerFactory.getLogger(Neighborhood.class);
  private static final Duration TICK = Duration.ofMillis(250);

  /**
   * Tunnels cost a process each where the kernel has no WireGuard: so many at once, then slowly.
   */
  private static final double BUILDS_PER_SECOND = 4;

  private static final double BUILD_BURST = 32;

  private final EventLoop loop;
  private final Identity identity;
  private final NeighborhoodConfig config;
  private final Surroundings surroundings;
  private final LongSupplier seqnos;
  private final RandomGenerator random;
  private final Gatekeeper gatekeeper;
  private final TokenBucket builds;
  private final NeighborTable table = new NeighborTable();
  private final Map<String, Link> links = new LinkedHashMap<>();
  private final Instant origin;
  private final long originNanos;
  private final Timer ticks;
  private long accepted;

  private record Link(Endpoint control, HelloSchedule hellos) {}

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
    gatekeeper = new Gatekeeper(identity.nodeId(), originNanos);
    builds = new TokenBucket(BUILDS_PER_SECOND, BUILD_BURST, originNanos);
    ticks = loop.every(TICK, this::tick);
  }

  /** We can be reached at {@code control} on {@code link}: says so at once, and from then on. */
  public void linkUp(String link, Endpoint control) {
    loop.checkInLoop();
    linkDown(link);
    HelloSchedule hellos =
        new HelloSchedule(loop, config.helloPeriod(), random, () -> sayHello(link));
    links.put(link, new Link(control, hellos));
    hellos.start();
  }

  /** Neighbours there are forgotten in their own time: the link may come back. */
  public void linkDown(String link) {
    loop.checkInLoop();
    Link before = links.remove(link);
    if (before != null) {
      before.hellos().stop();
    }
  }

  /** What {@code link} named is no more, nor can a tunnel over it work: its neighbours are new. */
  public void linkGone(String link) {
    linkDown(link);
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
        .ifPresent(message -> accept(message, source, link));
  }

  private boolean isKnown(NodeId sender, String link, Bytes source) {
    Neighbor known = table.get(new NeighborId(sender, link));
    return known != null && known.contact().source().equals(source);
  }

  private void accept(LinkMessage message, Bytes source, String link) {
    Introduction introduction = Introduction.of(message);
    if (introduction.isElsewhere(source, link, surroundings)) {
      gatekeeper.drop(Drop.OFF_LINK);
      return;
    }
    NeighborId id = new NeighborId(message.sender(), link);
    Neighbor known = table.get(id);
    Instant now = now();
    Neighbor before;
    if (introduction instanceof Introduction.Presents presents) {
      if (known == null && !makeRoom()) {
        gatekeeper.drop(Drop.TABLE_FULL);
        return;
      }
      before =
          known == null
              ? Neighbor.met(id, isSmallerThan(id), presents.control(), source, now)
              : known.with(known.contact().heardFrom(presents.control(), source, now));
    } else if (known != null && known.contact().source().equals(source)) {
      before = known.with(known.contact().heard(now));
    } else {
      gatekeeper.drop(Drop.UNINTRODUCED);
      return;
    }
    accepted++;
    apply(id, NeighborMachine.onMessage(before, message, now));
  }

  private boolean isSmallerThan(NeighborId other) {
    return identity.nodeId().compareTo(other.node()) < 0;
  }

  /** Room for one more: the longest unheard goes, but nobody with a tunnel. */
  private boolean makeRoom() {
    if (table.size() < config.neighbors()) {
      return true;
    }
    Optional<Neighbor> eldest =
        table.values().stream()
            .filter(neighbor -> !neighbor.holdsTunnel())
            .min(
                Comparator.comparing(Neighbor::state)
                    .thenComparing(neighbor -> neighbor.contact().heard()));
    eldest.ifPresent(neighbor -> apply(neighbor.id(), NeighborMachine.forget(neighbor)));
    return eldest.isPresent();
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
  }

  /**
   * Takes over a tunnel of an earlier run whose last handshake was {@code age} ago; generation 1.
   * False when it is too old to be one.
   */
  public boolean adopt(
      NeighborId id, Endpoint control, TunnelEnd own, TunnelEnd peer, Instant stamp, Duration age) {
    loop.checkInLoop();
    boolean alive = age.compareTo(NeighborMachine.HANDSHAKE_LIFE) < 0;
    if (!alive || table.get(id) != null || table.size() >= config.neighbors()) {
      return false;
    }
    Instant then = now().minus(age.isNegative() ? Duration.ZERO : age);
    Neighbor met = Neighbor.met(id, isSmallerThan(id), control, control.address(), now());
    apply(
        id,
        Step.to(
            met.opening(Attempt.started(1, true, Optional.of(peer), then))
                .open(Attempt.adopted(1, own, peer, stamp, then)),
            new NeighborEffect.Forward(true)));
    return true;
  }

  public List<Neighbor> snapshot() {
    loop.checkInLoop();
    return table.snapshot();
  }

  public Optional<Neighbor> find(NeighborId id) {
    loop.checkInLoop();
    return Optional.ofNullable(table.get(id));
  }

  /** Whether a neighbour's last hello came from this address on {@code link}. */
  public boolean speaksFrom(String link, Bytes source) {
    return table.speaksFrom(link, source);
  }

  /** Datagrams that were messages for us. */
  public long accepted() {
    return accepted;
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
    List.copyOf(links.keySet()).forEach(this::linkDown);
  }

  private void tick() {
    Instant now = now();
    for (Neighbor neighbor : snapshot()) {
      apply(neighbor.id(), NeighborMachine.onTick(neighbor, config.silence(), now));
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
    logChange(id, before, step.next());
    for (NeighborEffect effect : step.effects()) {
      if (effect instanceof NeighborEffect.Build build && !mayBuild(id)) {
        tunnelFailed(id, build.generation());
        return;
      }
      carryOut(id, effect);
    }
  }

  private void carryOut(NeighborId id, NeighborEffect effect) {
    if (effect instanceof NeighborEffect.Say say) {
      say(id.link(), say);
    } else if (effect instanceof NeighborEffect.Tunnel tunnel) {
      surroundings.perform(id, tunnel);
    }
  }

  private boolean mayBuild(NeighborId id) {
    long others =
        table.values().stream()
            .filter(neighbor -> neighbor.holdsTunnel() && !neighbor.id().equals(id))
            .count();
    return others < config.tunnels() && builds.take(loop.nanoTime());
  }

  private void say(String link, NeighborEffect.Say say) {
    Link on = links.get(link);
    if (on == null) {
      return; // The link went down meanwhile: they will hear of us when it is up again.
    }
    LinkMessage message = say.message(identity.nodeId(), on.control(), seqnos.getAsLong());
    surroundings.send(link, say.to(), LinkCodec.sign(message, identity));
  }

  private void sayHello(String link) {
    Link on = links.get(link);
    if (on != null) {
      LinkMessage hello =
          new LinkMessage.Hello(identity.nodeId(), on.control(), seqnos.getAsLong());
      surroundings.multicast(link, LinkCodec.sign(hello, identity));
    }
  }

  private static void logChange(NeighborId id, @Nullable Neighbor before, Optional<Neighbor> next) {
    String was = before == null ? "unknown" : before.state().name();
    String is = next.map(neighbor -> neighbor.state().name()).orElse("forgotten");
    if (was.equals(is)) {
      return;
    }
    if (was.equals("TUNNEL") || is.equals("TUNNEL")) {
      log.info("{}: {} → {}", id, was, is);
    } else {
      log.debug("{}: {} → {}", id, was, is);
    }
  }
}
