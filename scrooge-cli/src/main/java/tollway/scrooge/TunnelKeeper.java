// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.IOException;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tollway.identity.NodeId;
import tollway.loop.EventLoop;
import tollway.neighbor.NeighborId;
import tollway.store.Reading;
import tollway.tunnel.TunnelDevice;
import tollway.tunnel.TunnelKey;
import tollway.tunnel.TunnelKeys;
import tollway.tunnel.TunnelNames;
import tollway.tunnel.TunnelPeer;
import tollway.tunnel.TunnelPorts;
import tollway.tunnel.TunnelSpec;
import tollway.tunnel.TunnelStatus;
import tollway.tunnel.Tunnels;

/**
 * The tunnels that neighbours' states call for: wanted here, on the node's loop, and made so on the
 * {@code os} loop, in the order of the calls. What the kernel loses is made again.
 */
final class TunnelKeeper {
  private static final Logger log = LoggerFactory.getLogger(TunnelKeeper.class);

  /** A handshake takes a round trip; until it shows we look often, then with the others. */
  private static final Duration FIRST_LOOK = Duration.ofMillis(4);

  private static final int TROUBLES = 1024;

  private static final Duration LAST_LOOK = Duration.ofMillis(500);

  private final EventLoop loop;
  private final EventLoop os;
  private final Tunnels tunnels;
  private final NodeId self;
  private final TunnelPorts ports;
  private final List<InetAddress> addresses;
  private final SecureRandom random;
  private final Listener listener;
  private final Map<NeighborId, Held> held = new LinkedHashMap<>();

  /** What the system said when a tunnel could not be made, last. */
  private final Map<NeighborId, String> troubles = new HashMap<>();

  /** Who is told, on the node's loop, what became of a tunnel. */
  interface Listener {
    /** It listens, and speaks to its peer if it has been told of one. */
    void ready(NeighborId id, int generation, TunnelKey key, int port);

    void failed(NeighborId id, int generation);

    /** What served it died; it is being made again. */
    void lost(NeighborId id, int generation);

    void handshake(NeighborId id, int generation, Instant stamp);
  }

  /** A tunnel as it is wanted, and what it said of itself when last asked. */
  static final class Held {
    final int generation;
    TunnelSpec spec;
    Optional<TunnelStatus> status = Optional.empty();
    private boolean announced;

    Held(int generation, TunnelSpec spec) {
      this.generation = generation;
      this.spec = spec;
    }
  }

  TunnelKeeper(
      EventLoop loop,
      EventLoop os,
      Tunnels tunnels,
      NodeId self,
      RunConfig config,
      Listener listener) {
    this.loop = loop;
    this.os = os;
    this.tunnels = tunnels;
    this.self = self;
    this.listener = listener;
    ports = config.ports();
    random = new SecureRandom();
    addresses = new ArrayList<>();
    addresses.add(TunnelNames.linkLocal(self.key()));
    addresses.addAll(config.addresses());
  }

  String name(NeighborId id) {
    return TunnelNames.interfaceName(self.key(), id.node().key(), id.link());
  }

  TunnelDevice device(NeighborId id, int mtu) {
    return new TunnelDevice(name(id), TunnelAlias.of(self, id), mtu, addresses);
  }

  /** A tunnel of an earlier run that goes on as generation 1. */
  void adopt(NeighborId id, TunnelSpec spec, TunnelStatus status) {
    Held adopted = new Held(1, spec);
    adopted.announced = true;
    adopted.status = Optional.of(status);
    held.put(id, adopted);
  }

  /** Ends any tunnel with {@code id} and makes one with fresh keys and, as yet, no peer. */
  void build(NeighborId id, int generation, int mtu) {
    loop.checkInLoop();
    try {
      @Nullable Held before = held.get(id);
      // Its own port looks taken.
      int port = before == null ? ports.free(portsHeld()) : before.spec.port();
      TunnelKeys keys = TunnelKeys.generate(random);
      want(id, new Held(generation, new TunnelSpec(device(id, mtu), keys, port, Optional.empty())));
    } catch (IOException noPort) {
      log.warn("no tunnel with {}: {}", id, noPort.getMessage());
      remember(id, noPort);
      loop.execute(() -> listener.failed(id, generation));
    }
  }

  private void remember(NeighborId id, IOException refused) {
    if (troubles.size() >= TROUBLES) {
      troubles.clear(); // Those that last come back.
    }
    troubles.put(id, String.valueOf(refused.getMessage()));
  }

  /** Why the last tunnel with {@code id} could not be made, when it could not. */
  Optional<String> trouble(NeighborId id) {
    loop.checkInLoop();
    return Optional.ofNullable(troubles.get(id));
  }

  void setPeer(NeighborId id, int generation, TunnelPeer peer) {
    loop.checkInLoop();
    @Nullable Held current = held.get(id);
    if (current != null && current.generation == generation) {
      current.spec = current.spec.withPeer(peer);
      want(id, current);
    }
  }

  void remove(NeighborId id) {
    loop.checkInLoop();
    @Nullable Held before = held.remove(id);
    if (before != null) {
      os.execute(() -> removeNow(before.spec.name()));
    }
  }

  /** Asks every tunnel how it is; those that do not answer are made again. */
  void check() {
    loop.checkInLoop();
    held.forEach(
        (id, each) -> {
          TunnelSpec spec = each.spec; // What os has been asked for so far; later it is another.
          os.execute(() -> look(id, each, spec));
        });
  }

  /** Puts back what somebody changed about the interfaces. */
  void repair() {
    loop.checkInLoop();
    List<TunnelDevice> wanted = held.values().stream().map(each -> each.spec.device()).toList();
    if (!wanted.isEmpty()) {
      os.execute(
          () -> {
            try {
              tunnels.repair(wanted);
            } catch (IOException refused) {
              log.warn("cannot check the tunnels' interfaces: {}", refused.getMessage());
            }
          });
    }
  }

  /** Removes every tunnel; {@code done} runs on the {@code os} loop. */
  void removeAll(Runnable done) {
    List.copyOf(held.keySet()).forEach(this::remove);
    os.execute(done);
  }

  Map<NeighborId, Held> held() {
    loop.checkInLoop();
    return Map.copyOf(held);
  }

  /** What the tunnels there are carried, encryption included. */
  List<Reading> carried() {
    loop.checkInLoop();
    List<Reading> readings = new ArrayList<>();
    held.forEach(
        (id, each) ->
            each.status.ifPresent(
                status -> {
                  // Each tunnel has keys of its own.
                  String key = each.spec.keys().publicKey().base64();
                  String node = id.node().base64();
                  long in = status.receivedBytes();
                  readings.add(new Reading(node, key + " in", true, 0, in));
                  readings.add(new Reading(node, key + " out", false, 0, status.sentBytes()));
                }));
    return readings;
  }

  private Set<Integer> portsHeld() {
    Set<Integer> taken = new HashSet<>();
    held.values().forEach(each -> taken.add(each.spec.port()));
    return taken;
  }

  private void want(NeighborId id, Held wanted) {
    held.put(id, wanted);
    TunnelSpec spec = wanted.spec;
    os.execute(
        () -> {
          try {
            tunnels.raise(spec);
            loop.execute(() -> raised(id, wanted, spec));
          } catch (IOException refused) {
            log.warn("no tunnel with {}: {}", id, refused.getMessage());
            loop.execute(() -> failed(id, wanted, refused));
          }
        });
  }

  private void raised(NeighborId id, Held wanted, TunnelSpec spec) {
    // Only the latest wish counts: an answer must not leave before our end knows its peer.
    if (held.get(id) != wanted || !wanted.spec.equals(spec)) {
      return;
    }
    troubles.remove(id);
    if (!wanted.announced) {
      wanted.announced = true;
      listener.ready(id, wanted.generation, spec.keys().publicKey(), spec.port());
    }
    if (spec.peer().isPresent()) {
      lookSoon(id, wanted, FIRST_LOOK);
    }
  }

  private void failed(NeighborId id, Held wanted, IOException refused) {
    if (held.get(id) == wanted) {
      remember(id, refused);
      held.remove(id);
      listener.failed(id, wanted.generation);
    }
  }

  private void lookSoon(NeighborId id, Held wanted, Duration wait) {
    boolean shaken = wanted.status.flatMap(TunnelStatus::lastHandshake).isPresent();
    if (held.get(id) != wanted || shaken || wait.compareTo(LAST_LOOK) > 0) {
      return;
    }
    loop.schedule(
        wait,
        () -> {
          if (held.get(id) != wanted) {
            return; // Removed meanwhile: a look would make it again.
          }
          TunnelSpec spec = wanted.spec;
          os.execute(
              () -> {
                look(id, wanted, spec);
                loop.execute(() -> lookSoon(id, wanted, wait.multipliedBy(5).dividedBy(4)));
              });
        });
  }

  /** On the {@code os} loop. */
  private void look(NeighborId id, Held wanted, TunnelSpec spec) {
    try {
      Optional<TunnelStatus> status = tunnels.status(spec.name());
      if (status.isPresent() && status.get().fits(spec)) {
        loop.execute(() -> seen(id, wanted, status));
        return;
      }
      log.warn("the tunnel {} with {} was taken away; making it again", spec.name(), id);
      loop.execute(() -> lost(id, wanted));
      tunnels.raise(spec);
      loop.execute(() -> raised(id, wanted, spec));
    } catch (IOException refused) {
      log.warn("no tunnel with {}: {}", id, refused.getMessage());
      loop.execute(() -> failed(id, wanted, refused));
    }
  }

  private void seen(NeighborId id, Held wanted, Optional<TunnelStatus> status) {
    if (held.get(id) == wanted) {
      wanted.status = status;
      status
          .flatMap(TunnelStatus::lastHandshake)
          .ifPresent(stamp -> listener.handshake(id, wanted.generation, stamp));
    }
  }

  private void lost(NeighborId id, Held wanted) {
    if (held.get(id) == wanted) {
      wanted.status = Optional.empty();
      listener.lost(id, wanted.generation);
    }
  }

  private void removeNow(String name) {
    try {
      tunnels.remove(name);
    } catch (IOException refused) {
      log.warn("{}", refused.getMessage());
    }
  }
}
