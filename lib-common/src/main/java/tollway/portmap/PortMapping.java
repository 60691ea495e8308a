// SPDX-License-Identifier: Apache-2.0
package tollway.portmap;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tollway.bytes.Bytes;
import tollway.loop.NettyEventLoop;
import tollway.loop.Timer;

/**
 * One UDP port of ours that the router is asked to open, kept open until {@link #close}. PCP and
 * NAT-PMP, which cost a datagram, are asked first, and UPnP as soon as they are not answered at
 * once; who opens the port first does it alone. Routers that do not answer, or say no, are left
 * alone. On one loop.
 */
public final class PortMapping {
  /** RFC 6887 §5. */
  static final int SERVER_PORT = 5351;

  /** A router at home answers PCP within milliseconds. */
  private static final Duration HEAD_START = Duration.ofMillis(250);

  private final InetSocketAddress router;
  private final Consumer<InetSocketAddress> mapped;
  private final DatagramMapping datagrams;
  private final IgdMapping igd;
  private @Nullable Channel socket;
  private boolean closed;
  private Timer headStart = () -> {};

  private PortMapping(
      NettyEventLoop loop,
      InetSocketAddress internal,
      Inet4Address own,
      Inet4Address router,
      Random random,
      Consumer<InetSocketAddress> mapped) {
    this.router = new InetSocketAddress(router, SERVER_PORT);
    this.mapped = mapped;
    datagrams = new DatagramMapping(loop, internal, random, new Datagrams());
    RouterWire wire = new RouterWire(loop, own, router);
    igd = new IgdMapping(loop, internal, random, wire, this::opened);
  }

  /**
   * Asks the router of {@code internal}'s interface, if there is one; {@code mapped} is told where
   * the port is to be found outside, on the loop, and again when that changes.
   */
  public static Optional<PortMapping> ask(
      NettyEventLoop loop,
      InetSocketAddress internal,
      Random random,
      Consumer<InetSocketAddress> mapped) {
    loop.checkInLoop();
    // Who has a public address needs no mapping.
    if (!(internal.getAddress() instanceof Inet4Address own) || !own.isSiteLocalAddress()) {
      return Optional.empty();
    }
    return DefaultRouter.of(own)
        .map(
            router -> {
              PortMapping mapping = new PortMapping(loop, internal, own, router, random, mapped);
              mapping.open(loop, own);
              return mapping;
            });
  }

  /** Takes the mapping back, without waiting for the router. Idempotent. */
  public void close() {
    closed = true;
    headStart.cancel();
    closeDatagrams();
    igd.close();
  }

  static void send(Channel socket, Bytes datagram, InetSocketAddress to) {
    socket.writeAndFlush(
        new DatagramPacket(Unpooled.wrappedBuffer(datagram.toArray()), to), socket.voidPromise());
  }

  private void open(NettyEventLoop loop, Inet4Address own) {
    ChannelFuture binding =
        loop.datagramBootstrap(SocketProtocolFamily.INET)
            .handler(new Answers())
            .bind(new InetSocketAddress(own, 0));
    binding.addListener(
        done -> {
          if (!done.isSuccess()) {
            return; // The address is gone; the sockets of the connection will notice.
          }
          if (closed) {
            binding.channel().close();
            return;
          }
          socket = binding.channel();
          headStart = loop.schedule(HEAD_START, igd::start);
          datagrams.ask();
        });
  }

  /** By UPnP. */
  private void opened(InetSocketAddress outside) {
    closeDatagrams();
    mapped.accept(outside);
  }

  private void closeDatagrams() {
    datagrams.close();
    Channel open = socket;
    if (open != null) {
      socket = null;
      open.close();
    }
  }

  private final class Datagrams implements DatagramMapping.Output {
    @Override
    public void send(Bytes datagram) {
      Channel open = socket;
      if (open != null) {
        PortMapping.send(open, datagram, router);
      }
    }

    @Override
    public void mapped(InetSocketAddress outside) {
      headStart.cancel();
      igd.close();
      mapped.accept(outside);
    }

    @Override
    public void failed() {
      headStart.cancel();
      igd.start();
    }
  }

  private final class Answers extends SimpleChannelInboundHandler<DatagramPacket> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
      // RFC 6886 §3.1: whoever else says this lies.
      if (packet.sender().equals(router)) {
        datagrams.heard(Bytes.of(packet.content().nioBuffer()));
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      // No way to the router: it stays silent.
    }
  }
}
