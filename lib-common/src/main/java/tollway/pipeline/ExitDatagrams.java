// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DatagramPacket;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tollway.bytes.MalformedBytesException;

/**
 * One association at the egress (RFC 1928 §7): a UDP socket of its own, whose datagrams travel on
 * one stream. Each datagram is asked about by the dial policy, after its name was looked up. Only
 * peers that were sent something may answer, from that very port: a stranger who finds the socket
 * reaches nobody. What finds no room is dropped, as in any network of datagrams.
 */
final class ExitDatagrams extends ByteToMessageDecoder {
  /** Without a datagram either way it ends (RFC 4787 §4.3 asks for two minutes at least). */
  static final int IDLE_SECONDS = 300;

  static final int MOST_PEERS = 256;

  /** A peer that was sent nothing for so long makes room for another. */
  private static final long SPENT_NANOS = TimeUnit.SECONDS.toNanos(30);

  /** A name that was not used for so long is looked up again. */
  private static final long STALE_NANOS = TimeUnit.SECONDS.toNanos(60);

  /** A name that was not found, or must not be used, is looked up again after this. */
  private static final long REFUSED_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** Datagrams that wait for the address of one name. */
  private static final int MOST_WAITING = 4;

  private static final int MOST_LOOKUPS = 16;

  /** One destination as the desktop wrote it; without an address while it is looked up. */
  private static final class Peer {
    private final Queue<ByteBuf> waiting = new ArrayDeque<>();
    private @Nullable InetSocketAddress address;
    private boolean refused;
    private long used;
  }

  private final Dialer dialer;
  private final EgressLoad load;

  /** The least recently used first. */
  private final Map<Destination, Peer> peers = new LinkedHashMap<>(16, 0.75f, true);

  /** How many of {@link #peers} have this address: those who may answer. */
  private final Map<InetSocketAddress, Integer> expected = new LinkedHashMap<>();

  private @Nullable Channel stream;
  private @Nullable Channel socket;
  private int lookups;

  ExitDatagrams(Dialer dialer, EgressLoad load) {
    this.dialer = dialer;
    this.load = load;
  }

  /** Handles what peers send; belongs to the UDP socket, on the same loop as the stream. */
  SimpleChannelInboundHandler<DatagramPacket> answers() {
    return new Answers();
  }

  /** From now on datagrams go out by {@code bound}. */
  void use(Channel bound) {
    socket = bound;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    stream = context.channel();
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    try {
      Optional<Datagram> datagram = DatagramCodec.decode(in);
      datagram.ifPresent(this::send);
    } catch (MalformedBytesException wrong) {
      load.droppedDatagram(); // The frame is skipped; the next one may be sound.
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    discardSomeReadBytes();
    flush();
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext context) {
    end();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    end();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      context.close(); // The desktop's program has closed its control connection.
    } else {
      context.fireUserEventTriggered(event);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close();
  }

  private void end() {
    peers.values().forEach(peer -> drop(peer.waiting));
    peers.clear();
    expected.clear();
    Channel mine = socket;
    socket = null;
    if (mine != null) {
      mine.close();
    }
  }

  private void send(Datagram datagram) {
    long now = System.nanoTime();
    Peer peer = peers.get(datagram.peer());
    if (peer != null && !datagram.peer().isAddress() && isStale(peer, now)) {
      forget(datagram.peer());
      peer = null;
    }
    if (peer == null) {
      peer = admit(datagram.peer(), now);
    }
    if (peer == null || peer.refused) {
      load.droppedDatagram();
      return;
    }
    peer.used = now;
    InetSocketAddress address = peer.address;
    if (address != null) {
      sendTo(address, datagram.payload().retain());
    } else if (peer.waiting.size() < MOST_WAITING) {
      peer.waiting.add(datagram.payload().copy()); // A view would keep the whole read alive.
    } else {
      load.droppedDatagram();
    }
  }

  private static boolean isStale(Peer peer, long now) {
    long since = now - peer.used;
    return peer.refused ? since > REFUSED_NANOS : since > STALE_NANOS && peer.waiting.isEmpty();
  }

  /** Makes an entry for a new destination; null when there is no room for it now. */
  private @Nullable Peer admit(Destination destination, long now) {
    if (lookups >= MOST_LOOKUPS || !makeRoom(now) || !load.beginDial()) {
      return null;
    }
    Channel mine = stream;
    if (mine == null) {
      throw new IllegalStateException("a datagram before there is a stream");
    }
    Peer peer = new Peer();
    peer.used = now;
    peers.put(destination, peer);
    lookups++;
    dialer.lookUp(
        destination,
        mine.eventLoop(),
        new Dialer.Lookup() {
          @Override
          public void found(List<InetSocketAddress> allowed) {
            lookups--;
            load.endDial(true);
            if (peers.get(destination) == peer) {
              isAt(peer, allowed.get(0));
            }
          }

          @Override
          public void failed(StreamAnswer why) {
            lookups--;
            load.endDial(false);
            peer.refused = true;
            drop(peer.waiting);
          }
        });
    return peer;
  }

  private void isAt(Peer peer, InetSocketAddress address) {
    peer.address = address;
    expected.merge(address, 1, Integer::sum);
    for (ByteBuf each = peer.waiting.poll(); each != null; each = peer.waiting.poll()) {
      sendTo(address, each);
    }
    flush();
  }

  private void flush() {
    Channel out = socket;
    if (out != null) {
      out.flush();
    }
  }

  private boolean makeRoom(long now) {
    if (peers.size() < MOST_PEERS) {
      return true;
    }
    Iterator<Map.Entry<Destination, Peer>> oldest = peers.entrySet().iterator();
    Map.Entry<Destination, Peer> first = oldest.next();
    if (now - first.getValue().used < SPENT_NANOS) {
      return false;
    }
    forget(first.getKey());
    return true;
  }

  private void forget(Destination destination) {
    Peer gone = peers.remove(destination);
    if (gone != null) {
      drop(gone.waiting);
      InetSocketAddress address = gone.address;
      if (address != null) {
        expected.computeIfPresent(address, (same, count) -> count == 1 ? null : count - 1);
      }
    }
  }

  private void drop(Queue<ByteBuf> datagrams) {
    for (ByteBuf each = datagrams.poll(); each != null; each = datagrams.poll()) {
      load.droppedDatagram();
      each.release();
    }
  }

  /** Owns {@code payload}. */
  private void sendTo(InetSocketAddress address, ByteBuf payload) {
    Channel out = socket;
    // Asked again each time: this host may have got the address since.
    if (out == null || !out.isWritable() || !dialer.allows(address)) {
      payload.release();
      load.droppedDatagram();
      return;
    }
    load.bytesUp().add(payload.readableBytes());
    out.write(new DatagramPacket(payload, address));
  }

  /** Datagrams from outside; only answers are passed on. */
  private final class Answers extends SimpleChannelInboundHandler<DatagramPacket> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet)
        throws MalformedBytesException {
      Channel to = stream;
      InetSocketAddress from = packet.sender();
      if (to == null || !expected.containsKey(from) || !to.isWritable()) {
        load.droppedDatagram();
        return;
      }
      Destination peer =
          Destination.of(io.netty.util.NetUtil.toAddressString(from.getAddress()), from.getPort());
      Optional<ByteBuf> frame =
          DatagramCodec.encode(context.alloc(), new Datagram(peer, packet.content()));
      if (frame.isEmpty()) {
        load.droppedDatagram();
        return;
      }
      load.bytesDown().add(packet.content().readableBytes());
      to.write(frame.get());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      Channel to = stream;
      if (to != null) {
        to.flush();
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      Channel to = stream;
      if (to != null) {
        to.close();
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      load.droppedDatagram(); // An ICMP error, a payload too long: of one datagram only.
    }
  }
}
