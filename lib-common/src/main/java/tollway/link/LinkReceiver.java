// SPDX-License-Identifier: Apache-2.0
package tollway.link;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tollway.bytes.Bytes;
import tollway.loop.EventLoop;

/** Reads the socket on its own thread and hands what belongs to us to the owner's loop. */
final class LinkReceiver {
  private static final Logger log = LoggerFactory.getLogger(LinkReceiver.class);

  /** Datagrams of one interface that may wait for the loop; a flood there harms no other. */
  private static final int WAITING_LIMIT = 128;

  /** How long to rest after the kernel refused a read, in milliseconds. */
  private static final long REST_MILLIS = 100;

  private final DatagramChannel channel;
  private final Selector selector;
  private final ByteBuffer buffer;
  private final EventLoop owner;
  private final Consumer<LinkDatagram> delivery;

  /** Replaced as a whole by the owner's loop. */
  private volatile Map<Integer, Lane> lanes = Map.of();

  final AtomicLong received = new AtomicLong();
  final AtomicLong tooLong = new AtomicLong();
  final AtomicLong offLink = new AtomicLong();
  final AtomicLong busy = new AtomicLong();

  private record Lane(LinkInterface on, AtomicInteger waiting) {}

  LinkReceiver(
      DatagramChannel channel, int sizeLimit, EventLoop owner, Consumer<LinkDatagram> delivery)
      throws IOException {
    this.channel = channel;
    this.owner = owner;
    this.delivery = delivery;
    buffer = ByteBuffer.allocateDirect(sizeLimit + 1); // One more byte tells what was too long.
    selector = Selector.open();
    channel.register(selector, SelectionKey.OP_READ);
  }

  /** From now on, takes datagrams on {@code interfaces} and no others. On the owner's loop. */
  void listenOn(Iterable<LinkInterface> interfaces) {
    Map<Integer, Lane> next = new HashMap<>();
    for (LinkInterface on : interfaces) {
      @Nullable Lane before = lanes.get(on.index());
      boolean same = before != null && before.on().equals(on);
      next.put(on.index(), same ? before : new Lane(on, new AtomicInteger()));
    }
    lanes = Map.copyOf(next);
  }

  /** Reads until the socket is closed. The body of the thread. */
  void run() throws InterruptedException {
    while (channel.isOpen()) {
      try {
        selector.select();
        selector.selectedKeys().clear();
        readAll();
      } catch (ClosedSelectorException closed) {
        return;
      } catch (IOException refused) {
        if (channel.isOpen()) {
          // Nothing a datagram says may end the receiver; what the kernel says may pass.
          log.warn("cannot receive: {}", refused.getMessage());
          Thread.sleep(REST_MILLIS);
        }
      }
    }
  }

  private void readAll() throws IOException {
    @Nullable SocketAddress from = channel.receive(buffer.clear());
    while (from != null) {
      take((InetSocketAddress) from, buffer.flip());
      from = channel.receive(buffer.clear());
    }
  }

  private void take(InetSocketAddress source, ByteBuffer payload) {
    received.incrementAndGet();
    @Nullable Lane lane = laneOf(source);
    if (lane == null) {
      offLink.incrementAndGet();
    } else if (payload.remaining() == payload.capacity()) {
      tooLong.incrementAndGet();
    } else if (lane.waiting().incrementAndGet() > WAITING_LIMIT) {
      lane.waiting().decrementAndGet();
      busy.incrementAndGet();
    } else {
      LinkDatagram datagram = new LinkDatagram(Bytes.of(payload), source, lane.on());
      owner.execute(
          () -> {
            lane.waiting().decrementAndGet();
            delivery.accept(datagram);
          });
    }
  }

  /** The kernel gives a link-local source the index of the interface it came in on as its scope. */
  private @Nullable Lane laneOf(InetSocketAddress source) {
    return source.getAddress() instanceof Inet6Address ip && ip.isLinkLocalAddress()
        ? lanes.get(ip.getScopeId())
        : null;
  }

  void close() throws IOException {
    selector.close();
  }
}
