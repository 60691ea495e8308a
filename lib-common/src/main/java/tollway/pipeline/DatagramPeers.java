// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The destinations of one association: where each is, which addresses may answer, and how many
 * there may be. Times are in nanoseconds, and given. On one loop.
 */
final class DatagramPeers {
  static final int MOST = 256;

  /** A peer that was sent nothing for so long makes room for another. */
  static final long SPENT_NANOS = TimeUnit.SECONDS.toNanos(30);

  /** A name that was not used for so long is looked up again. */
  static final long STALE_NANOS = TimeUnit.SECONDS.toNanos(60);

  /** A name that was not found, or must not be used, is looked up again after this. */
  static final long REFUSED_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** Datagrams that wait for the address of one name. */
  private static final int MOST_WAITING = 4;

  /** One destination as the desktop wrote it; without an address while it is looked up. */
  static final class Peer {
    private final Queue<ByteBuf> waiting = new ArrayDeque<>();
    private @Nullable InetSocketAddress address;
    private boolean refused;
    private long used;

    private Peer(long now) {
      used = now;
    }

    Optional<InetSocketAddress> address() {
      return Optional.ofNullable(address);
    }

    /** Nothing is sent to it. */
    boolean isRefused() {
      return refused;
    }

    /** Keeps a datagram until the address is known; false when there are too many. */
    boolean await(ByteBuf payload) {
      return waiting.size() < MOST_WAITING && waiting.add(payload);
    }

    private boolean isStale(long now) {
      long since = now - used;
      return refused ? since > REFUSED_NANOS : since > STALE_NANOS && waiting.isEmpty();
    }
  }

  private final Consumer<ByteBuf> dropped;

  /** The least recently used first. */
  private final Map<Destination, Peer> peers = new LinkedHashMap<>(16, 0.75f, true);

  /** How many peers have this address: those that may answer. */
  private final Map<InetSocketAddress, Integer> expected = new HashMap<>();

  /** {@code dropped} gets the datagrams that have waited in vain. */
  DatagramPeers(Consumer<ByteBuf> dropped) {
    this.dropped = dropped;
  }

  /** One that is known, as used now. */
  Optional<Peer> find(Destination destination, long now) {
    Peer peer = peers.get(destination);
    if (peer == null) {
      return Optional.empty();
    }
    if (!destination.isAddress() && peer.isStale(now)) {
      forget(destination);
      return Optional.empty();
    }
    if (!peer.refused) {
      peer.used = now;
    }
    return Optional.of(peer);
  }

  /** A new one; empty when there is no room. */
  Optional<Peer> admit(Destination destination, long now) {
    if (peers.size() >= MOST) {
      Iterator<Map.Entry<Destination, Peer>> all = peers.entrySet().iterator();
      Map.Entry<Destination, Peer> oldest = all.next();
      if (now - oldest.getValue().used < SPENT_NANOS) {
        return Optional.empty();
      }
      forget(oldest.getKey());
    }
    Peer peer = new Peer(now);
    peers.put(destination, peer);
    return Optional.of(peer);
  }

  /** Its address is known; what has waited for it goes to {@code sender}. */
  void isAt(Destination destination, Peer peer, InetSocketAddress at, Consumer<ByteBuf> sender) {
    if (peers.get(destination) != peer) {
      return; // Forgotten meanwhile.
    }
    peer.address = at;
    expected.merge(at, 1, Integer::sum);
    drain(peer, sender);
  }

  void refuse(Peer peer) {
    peer.refused = true;
    drain(peer, dropped);
  }

  /** Whether somebody at {@code from} was sent something. */
  boolean expects(InetSocketAddress from) {
    return expected.containsKey(from);
  }

  void clear() {
    peers.values().forEach(peer -> drain(peer, dropped));
    peers.clear();
    expected.clear();
  }

  private void forget(Destination destination) {
    Peer gone = peers.remove(destination);
    if (gone != null) {
      drain(gone, dropped);
      gone.address()
          .ifPresent(at -> expected.computeIfPresent(at, (same, n) -> n == 1 ? null : n - 1));
    }
  }

  private static void drain(Peer peer, Consumer<ByteBuf> sink) {
    for (ByteBuf each = peer.waiting.poll(); each != null; each = peer.waiting.poll()) {
      sink.accept(each);
    }
  }
}
