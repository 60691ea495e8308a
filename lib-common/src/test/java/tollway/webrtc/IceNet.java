// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tollway.bytes.Bytes;
import tollway.loop.ManualEventLoop;

/** A network in memory for {@link IceChecks}: delay, loss, cut wires and NATs, on one clock. */
final class IceNet {
  final ManualEventLoop loop = new ManualEventLoop();
  final Random random;
  Duration delay = Duration.ofMillis(5);
  double loss;

  private final Map<InetSocketAddress, Node> nodes = new HashMap<>();
  private final Map<InetSocketAddress, Nat> outside = new HashMap<>();
  private final Set<String> cut = new HashSet<>();
  long delivered;

  IceNet(long seed) {
    random = new Random(seed);
  }

  static InetSocketAddress address(String host, int port) {
    return new InetSocketAddress(host, port);
  }

  /** What one side sent and where it stands. */
  final class Node implements IceChecks.Output {
    final String name;
    final IceCredentials credentials = IceCredentials.random(random);
    final IceChecks checks;
    final List<IceBase> bases = new ArrayList<>();
    final List<IcePair> activated = new ArrayList<>();
    final List<String> failures = new ArrayList<>();
    final List<Long> sentAt = new ArrayList<>();
    @Nullable Nat nat;
    boolean closed;
    int outputAfterClose;

    Node(String name, IceConfig config, IceRole role) {
      this.name = name;
      this.checks = new IceChecks(loop, random, config, role, credentials, this);
    }

    IceBase base(String host) {
      IceBase base = new IceBase(address(host, 5000 + nodes.size()), 0xffff - bases.size());
      bases.add(base);
      nodes.put(base.address(), this);
      checks.addBase(base);
      return base;
    }

    IceCandidate candidate(IceBase base) {
      return new IceCandidate(
          IceCandidate.Type.HOST, "1", base.hostPriority(), base.address(), Optional.empty());
    }

    /** What a STUN server outside would say of {@code base}. */
    IceCandidate reflexive(IceBase base) {
      InetSocketAddress seen =
          nat == null ? base.address() : nat.leave(base.address(), address("198.51.100.9", 3478));
      return new IceCandidate(
          IceCandidate.Type.SERVER_REFLEXIVE,
          "2",
          IceCandidate.Type.SERVER_REFLEXIVE.priority(base.localPreference()),
          seen,
          Optional.of(base.address()));
    }

    Optional<IcePair> active() {
      return checks.active();
    }

    void close() {
      closed = true;
      checks.close();
    }

    @Override
    public void stun(IceBase from, InetSocketAddress to, Bytes datagram) {
      outputAfterClose += closed ? 1 : 0;
      sentAt.add(loop.nanoTime());
      send(this, from.address(), to, datagram);
    }

    @Override
    public void active(IcePair pair) {
      outputAfterClose += closed ? 1 : 0;
      activated.add(pair);
    }

    @Override
    public void failed(String why) {
      outputAfterClose += closed ? 1 : 0;
      failures.add(why);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** A NAT with endpoint-independent or per-destination mapping, always filtering by address. */
  final class Nat {
    private final String host;
    private final boolean symmetric;
    private final Map<String, InetSocketAddress> mapped = new HashMap<>();
    private final Map<InetSocketAddress, InetSocketAddress> inside = new HashMap<>();
    private final Set<String> opened = new HashSet<>();
    private int port = 20_000;

    Nat(String host, boolean symmetric) {
      this.host = host;
      this.symmetric = symmetric;
    }

    InetSocketAddress leave(InetSocketAddress from, InetSocketAddress to) {
      InetSocketAddress public_ =
          mapped.computeIfAbsent(
              symmetric ? from + " " + to : from.toString(),
              unused -> {
                InetSocketAddress fresh = address(host, port++);
                inside.put(fresh, from);
                outside.put(fresh, this);
                return fresh;
              });
      opened.add(public_ + " " + to);
      return public_;
    }

    Optional<InetSocketAddress> enter(InetSocketAddress from, InetSocketAddress to) {
      return opened.contains(to + " " + from)
          ? Optional.ofNullable(inside.get(to))
          : Optional.empty();
    }
  }

  /** Nothing gets from one host to the other any more, in this direction. */
  void cut(InetSocketAddress from, InetSocketAddress to) {
    cut.add(from.getAddress() + " " + to.getAddress());
  }

  void mend() {
    cut.clear();
  }

  void send(@Nullable Node node, InetSocketAddress from, InetSocketAddress to, Bytes datagram) {
    if (random.nextDouble() < loss || cut.contains(from.getAddress() + " " + to.getAddress())) {
      return;
    }
    boolean isPrivate = to.getAddress().isSiteLocalAddress();
    Nat nat = node == null || isPrivate ? null : node.nat;
    InetSocketAddress source = nat == null ? from : nat.leave(from, to);
    loop.schedule(delay, () -> deliver(source, to, datagram));
  }

  private void deliver(InetSocketAddress from, InetSocketAddress to, Bytes datagram) {
    Nat nat = outside.get(to);
    Optional<InetSocketAddress> target = nat == null ? Optional.of(to) : nat.enter(from, to);
    target
        .map(nodes::get)
        // Who is behind a NAT cannot be reached past it.
        .filter(node -> nat == node.nat || (nat == null && from.getAddress().isSiteLocalAddress()))
        .ifPresent(
            node -> {
              delivered++;
              node.bases.stream()
                  .filter(base -> base.address().equals(target.get()))
                  .forEach(base -> node.checks.onStun(base, from, datagram));
            });
  }

  /** Both know each other's credentials and every host address. */
  void introduce(Node one, Node other) {
    one.checks.remoteCredentials(other.credentials);
    other.checks.remoteCredentials(one.credentials);
    one.bases.forEach(base -> other.checks.addRemote(one.candidate(base)));
    other.bases.forEach(base -> one.checks.addRemote(other.candidate(base)));
  }

  void advance(long millis) {
    loop.advance(Duration.ofMillis(millis));
  }

  /** Whether both send over the two ends of one way. */
  static boolean mirror(Node one, Node other) {
    return one.active().isPresent()
        && other.active().isPresent()
        && (one.nat != null
            || other.nat != null
            || (one.active().get().base.address().equals(other.active().get().remote)
                && other.active().get().base.address().equals(one.active().get().remote)));
  }
}
