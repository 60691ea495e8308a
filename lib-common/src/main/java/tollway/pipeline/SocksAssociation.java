// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.ReferenceCountUtil;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tollway.bytes.MalformedBytesException;
import tollway.loop.NettyEventLoop;

/**
 * One association of a local program (RFC 1928 §7): a UDP port for it, whose datagrams travel on
 * one stream. Lasts as long as the connection that asked for it. Everything is on the loop; what
 * finds no room is dropped, as in any network of datagrams.
 */
final class SocksAssociation {
  private static final int MAX_DATAGRAM = 65_535;
  private static final WriteBufferWaterMark QUEUE = new WriteBufferWaterMark(32 << 10, 64 << 10);

  private final DuplexChannel control;
  private final DuplexChannel stream;
  private final InetAddress program;
  private @Nullable Channel socket;

  /** Of the program: what it told, or that of its first datagram; 0 until then. */
  private int port;

  SocksAssociation(DuplexChannel control, DuplexChannel stream, SocksCommand.Associate command) {
    this.control = control;
    this.stream = stream;
    program = ((InetSocketAddress) control.remoteAddress()).getAddress();
    // Programs behind an address translation tell one that we do not see.
    boolean sound = command.from().isAnyLocalAddress() || command.from().equals(program);
    port = sound ? command.port() : 0;
  }

  /** Where the program shall send to: the address that it connected to, any free port. */
  ChannelFuture bind(NettyEventLoop loop) {
    InetAddress local = ((InetSocketAddress) control.localAddress()).getAddress();
    SocketProtocolFamily family =
        local instanceof Inet6Address ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET;
    ChannelFuture bound =
        loop.datagramBootstrap(family)
            .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(MAX_DATAGRAM))
            .option(ChannelOption.WRITE_BUFFER_WATER_MARK, QUEUE)
            .handler(new FromProgram())
            .bind(new InetSocketAddress(local, 0));
    socket = bound.channel();
    return bound;
  }

  InetSocketAddress address() {
    Channel bound = socket;
    if (bound == null) {
      throw new IllegalStateException("asked before it was bound");
    }
    return (InetSocketAddress) bound.localAddress();
  }

  /** Carries datagrams from now on. */
  void begin() {
    control.pipeline().addLast(new Control());
    control.config().setAutoRead(true);
    stream
        .pipeline()
        .addLast(new ProxyGreeting.IdleEnd(ExitDatagrams.IDLE_SECONDS), new FromEgress());
    stream.config().setAutoRead(true);
    if (!stream.isActive()) {
      end();
    }
  }

  void end() {
    control.close();
    stream.close();
    Channel mine = socket;
    if (mine != null) {
      mine.close();
    }
  }

  /** The connection that asked: says no more, and ends the association when it ends (§7). */
  private final class Control extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ReferenceCountUtil.release(message);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof ChannelInputShutdownEvent) {
        end();
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      end();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      end();
    }
  }

  private final class FromProgram extends SimpleChannelInboundHandler<DatagramPacket> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
      InetSocketAddress sender = packet.sender();
      if (!sender.getAddress().equals(program) || (port != 0 && sender.getPort() != port)) {
        return; // Somebody else.
      }
      try {
        Datagram datagram = DatagramCodec.decodeSocks(packet.content());
        port = sender.getPort();
        if (stream.isWritable()) {
          DatagramCodec.encode(context.alloc(), datagram).ifPresent(stream::write);
        }
      } catch (MalformedBytesException wrong) {
        return; // Dropped, as §7 wants it for fragments.
      }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      stream.flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      // Of one datagram: an ICMP error, or a payload too long. Nothing is lost but that.
    }
  }

  private final class FromEgress extends ByteToMessageDecoder {
    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out)
        throws MalformedBytesException {
      Optional<Datagram> datagram = DatagramCodec.decode(in);
      Channel to = socket;
      if (datagram.isPresent() && port != 0 && to != null && to.isWritable()) {
        ByteBuf bytes = DatagramCodec.encodeSocks(context.alloc(), datagram.get());
        to.write(new DatagramPacket(bytes, new InetSocketAddress(program, port)));
      }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      discardSomeReadBytes();
      Channel to = socket;
      if (to != null) {
        to.flush();
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof ChannelInputShutdownEvent) {
        end();
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      end();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      end(); // Nonsense from the egress, or a reset.
    }
  }
}
