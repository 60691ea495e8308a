// SPDX-License-Identifier: Apache-2.0
package tollway.neighbor;

import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.identity.Identity;
import tollway.loop.ManualEventLoop;
import tollway.wire.Endpoint;
import tollway.wire.LinkCodec;
import tollway.wire.LinkMessage;

/** One link with several nodes on it, whose datagrams and tunnels are simulated. */
final class Street {
  static final String LINK = "eth0";

  final ManualEventLoop loop = new ManualEventLoop();
  final List<Node> nodes = new ArrayList<>();

  /** Nodes that ever ran: no two have the same random numbers. */
  private int runs;

  /** What got through, in order. */
  final List<LinkMessage> heard = new ArrayList<>();

  /** What was said on the side port, in order, once for each who got it. */
  final List<Bytes> aside = new ArrayList<>();

  Predicate<LinkMessage> loses = message -> false;

  /** Seeds whose public keys are in the order of the numbers: found by trying. */
  private static final List<Identity> CAST =
      IntStream.range(0, 8)
          .mapToObj(number -> Identity.ofSeed(Bytes.of((byte) number).plus(Bytes.of(new byte[31]))))
          .sorted(Comparator.comparing(Identity::nodeId))
          .toList();

  /** Somebody with a fixed key; Alice's is the smallest, then Bob's, then Carol's. */
  static Identity identity(int number) {
    return CAST.get(number);
  }

  Node moveIn(int number) {
    return moveIn(number, NeighborhoodConfig.DEFAULT);
  }

  Node moveIn(int number, NeighborhoodConfig config) {
    Node node = new Node(number, config);
    nodes.add(node);
    node.hood.linkUp(LINK, node.control);
    loop.runReady();
    return node;
  }

  void pass(Duration time) {
    loop.advance(time);
  }

  static InetSocketAddress source(int number) {
    byte[] address = new byte[16];
    address[0] = (byte) 0xfe;
    address[1] = (byte) 0x80;
    address[15] = (byte) (number + 1);
    try {
      return new InetSocketAddress(Inet6Address.getByAddress(null, address, 3), 8481);
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** A node; its tunnels come up at once, and shake hands as soon as both ends know each other. */
  final class Node implements Surroundings {
    final Identity identity;
    final Endpoint control;
    final InetSocketAddress source;
    final Neighborhood hood;
    final List<NeighborEffect.Tunnel> effects = new ArrayList<>();
    final Map<NeighborId, Tunnel> tunnels = new LinkedHashMap<>();
    Predicate<Bytes> onLink = address -> false;
    boolean buildsFail;
    boolean buildsHang;
    boolean gone;
    private long lastSeqno;

    Node(int number, NeighborhoodConfig config) {
      identity = identity(number);
      source = source(number);
      control = Endpoint.of(source);
      hood = new Neighborhood(loop, identity, config, this::seqno, new Random(++runs), this);
    }

    /** The clock's microseconds, and never the same again. */
    private long seqno() {
      lastSeqno = Math.max(lastSeqno + 1, ChronoUnit.MICROS.between(Instant.EPOCH, loop.now()));
      return lastSeqno;
    }

    void leave() {
      hood.stop();
      gone = true;
      nodes.remove(this);
    }

    NeighborId as(Node other) {
      return new NeighborId(other.identity.nodeId(), LINK);
    }

    Optional<Neighbor> knows(Node other) {
      return hood.find(as(other));
    }

    boolean forwardsFor(Node other) {
      return knows(other).map(Neighbor::mayForward).orElse(false);
    }

    void receive(LinkMessage message, InetSocketAddress from) {
      Identity signer =
          CAST.stream()
              .filter(each -> each.nodeId().equals(message.sender()))
              .findFirst()
              .orElseThrow();
      hood.received(LinkCodec.sign(message, signer), from, LINK);
      loop.runReady();
    }

    @Override
    public void multicast(String link, Bytes datagram) {
      for (Node other : List.copyOf(nodes)) {
        if (other != this) {
          deliver(datagram, this, other);
        }
      }
    }

    @Override
    public void send(String link, Endpoint to, Bytes datagram) {
      for (Node other : List.copyOf(nodes)) {
        if (other.control.address().equals(to.address())) {
          deliver(datagram, this, other);
        }
      }
    }

    @Override
    public void multicastAside(String link, Bytes datagram) {
      for (Node other : List.copyOf(nodes)) {
        if (other != this) {
          deliverAside(datagram, this, other);
        }
      }
    }

    @Override
    public void sendAside(String link, Endpoint to, Bytes datagram) {
      for (Node other : List.copyOf(nodes)) {
        if (other.control.address().equals(to.address())) {
          deliverAside(datagram, this, other);
        }
      }
    }

    @Override
    public boolean isOnLink(String link, Bytes address) {
      return onLink.test(address);
    }

    @Override
    public void perform(NeighborId id, NeighborEffect.Tunnel effect) {
      effects.add(effect);
      if (effect instanceof NeighborEffect.Build build) {
        tunnels.put(id, new Tunnel(build.generation()));
        if (buildsFail) {
          loop.execute(() -> hood.tunnelFailed(id, build.generation()));
        } else if (!buildsHang) {
          ready(id, build.generation());
        }
      } else if (effect instanceof NeighborEffect.SetPeer peer) {
        Tunnel tunnel = tunnels.get(id);
        if (tunnel != null && tunnel.generation == peer.generation()) {
          tunnel.peer = peer.peer();
        }
        loop.execute(Street.this::shakeHands);
      } else if (effect instanceof NeighborEffect.Remove) {
        tunnels.remove(id);
      }
    }

    void ready(NeighborId id, int generation) {
      loop.execute(
          () -> {
            Tunnel tunnel = tunnels.get(id);
            if (tunnel != null && tunnel.generation == generation) {
              hood.tunnelReady(id, generation, tunnel.own(this));
              shakeHands();
            }
          });
    }
  }

  /** What a tunnel interface would hold. */
  static final class Tunnel {
    private static int keys;

    final int generation;
    final Bytes key;
    @Nullable TunnelEnd peer;

    Tunnel(int generation) {
      this.generation = generation;
      byte[] fresh = new byte[32];
      fresh[0] = 9;
      fresh[1] = (byte) ++keys;
      fresh[2] = (byte) (keys >> 8);
      key = Bytes.of(fresh);
    }

    TunnelEnd own(Node node) {
      return new TunnelEnd(key, new Endpoint(node.control.address(), "", 51821 + keys % 1000));
    }
  }

  /** WireGuard: two ends that know each other's keys shake hands. */
  void shakeHands() {
    for (Node one : nodes) {
      for (Node other : nodes) {
        Tunnel here = one.tunnels.get(one.as(other));
        Tunnel there = other.tunnels.get(other.as(one));
        if (here != null
            && there != null
            && here.peer != null
            && there.peer != null
            && here.peer.key().equals(there.key)
            && there.peer.key().equals(here.key)) {
          Instant stamp = loop.now();
          one.hood.handshake(one.as(other), here.generation, stamp);
          other.hood.handshake(other.as(one), there.generation, stamp);
        }
      }
    }
  }

  private void deliver(Bytes datagram, Node from, Node to) {
    LinkMessage message = read(datagram);
    if (!loses.test(message)) {
      heard.add(message);
      loop.execute(
          () -> {
            if (!to.gone) {
              to.hood.received(datagram, from.source, LINK);
            }
          });
    }
  }

  private void deliverAside(Bytes datagram, Node from, Node to) {
    aside.add(datagram);
    loop.execute(
        () -> {
          if (to.gone) {
            return;
          }
          if (datagram.utf8().startsWith(EffortClaim.WORD + " ")) {
            to.hood.receivedEffort(datagram, LINK);
          } else {
            to.hood.receivedAside(datagram, from.source, LINK);
          }
        });
  }

  private static LinkMessage read(Bytes datagram) {
    try {
      return LinkCodec.parse(datagram).verify();
    } catch (MalformedBytesException ourBug) {
      throw new IllegalStateException(ourBug);
    }
  }

  long count(Class<? extends LinkMessage> kind) {
    return heard.stream().filter(kind::isInstance).count();
  }
}
