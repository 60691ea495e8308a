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
import java.util.List;
import java.util.Optional;
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

  private static final int MOST_LOOKUPS = 16;

  private final Dialer dialer;
  private final EgressLoad load;
  private final SessionShare share;

  private final DatagramPeers peers = new DatagramPeers(this::drop);
  private @Nullable Channel stream;
  private @Nullable Channel socket;
  private int lookups;

  ExitDatagrams(Dialer dialer, EgressLoad load, SessionShare share) {
    this.dialer = dialer;
    this.load = load;
    this.share = share;
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
    peers.clear();
    Channel mine = socket;
    socket = null;
    if (mine != null) {
      mine.close();
    }
  }

  private void send(Datagram datagram) {
    long now = System.nanoTime();
    Optional<DatagramPeers.Peer> known = peers.find(datagram.peer(), now);
    Optional<DatagramPeers.Peer> peer = known.isPresent() ? known : admit(datagram.peer(), now);
    if (peer.isEmpty() || peer.get().isRefused()) {
      load.droppedDatagram();
    } else if (peer.get().address().isPresent()) {
      sendTo(peer.get().address().get(), datagram.payload().retain());
    } else {
      ByteBuf copy = datagram.payload().copy(); // A view would keep the whole read alive.
      if (!peer.get().await(copy)) {
        drop(copy);
      }
    }
  }

  /** Makes room for a new destination and looks it up; empty when there is none now. */
  private Optional<DatagramPeers.Peer> admit(Destination destination, long now) {
    Channel mine = stream;
    if (mine == null || lookups >= MOST_LOOKUPS || !share.mayDial() || !load.beginDial()) {
      return Optional.empty();
    }
    Optional<DatagramPeers.Peer> admitted = peers.admit(destination, now);
    if (admitted.isEmpty()) {
      load.endDial(true);
      return admitted;
    }
    DatagramPeers.Peer peer = admitted.get();
    lookups++;
    dialer.lookUp(
        destination,
        mine.eventLoop(),
        new Dialer.Lookup() {
          @Override
          public void found(List<InetSocketAddress> allowed) {
            lookups--;
            load.endDial(true);
            InetSocketAddress at = allowed.get(0);
            peers.isAt(destination, peer, at, payload -> sendTo(at, payload));
            flush();
          }

          @Override
          public void failed(StreamAnswer why) {
            lookups--;
            load.endDial(false);
            peers.refuse(peer);
          }
        });
    return admitted;
  }

  private void flush() {
    Channel out = socket;
    if (out != null) {
      out.flush();
    }
  }

  private void drop(ByteBuf datagram) {
    load.droppedDatagram();
    datagram.release();
  }

  /** Owns {@code payload}. */
  private void sendTo(InetSocketAddress address, ByteBuf payload) {
    Channel out = socket;
    // Asked again each time: this host may have got the address since.
    if (out == null || !out.isWritable() || !dialer.allows(address)) {
      drop(payload);
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
      if (to == null || !peers.expects(from) || !to.isWritable()) {
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
