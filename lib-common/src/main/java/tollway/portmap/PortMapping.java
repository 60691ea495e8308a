// SPDX-License-Identifier: Apache-2.0
package tollway.portmap;

import io.netty.buffer.ByteBuf;
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
import tollway.bytes.MalformedBytesException;
import tollway.loop.NettyEventLoop;
import tollway.loop.Timer;
import tollway.stun.StunTransaction;

/**
 * One UDP port of ours that the router is asked to open, kept open until {@link #close}. Routers
 * that do not answer, or say no, are left alone. On one loop.
 *
 * <pre>
 * ASKING PCP ──silent, older──▶ ASKING NAT-PMP ──silent, refused──▶ (nothing)
 *     └──────────────┬──────────────┘
 *                 MAPPED ──half its time──▶ asked again, the same way
 * </pre>
 */
public final class PortMapping {
  /** RFC 6887 §5. */
  static final int SERVER_PORT = 5351;

  /** Short, so that little is left behind by a process that is killed. */
  private static final int SECONDS = 600;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final int SENDS = 2;

  private static final Duration SILENT_AGAIN = Duration.ofSeconds(30);

  private final NettyEventLoop loop;
  private final Inet4Address own;
  private final int port;
  private final InetSocketAddress router;
  private final Bytes nonce;
  private final Consumer<InetSocketAddress> mapped;
  private @Nullable Channel socket;
  private @Nullable StunTransaction asking;
  private @Nullable Inet4Address outsideHost;
  private int outsidePort;
  private boolean older;
  private boolean holds;
  private boolean closed;
  private Timer renewal = () -> {};

  private PortMapping(
      NettyEventLoop loop,
      Inet4Address own,
      int port,
      InetSocketAddress router,
      Random random,
      Consumer<InetSocketAddress> mapped) {
    this.loop = loop;
    this.own = own;
    this.port = port;
    this.router = router;
    this.mapped = mapped;
    byte[] fresh = new byte[MapCodec.NONCE];
    random.nextBytes(fresh);
    nonce = Bytes.of(java.nio.ByteBuffer.wrap(fresh));
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
            host -> {
              InetSocketAddress router = new InetSocketAddress(host, SERVER_PORT);
              PortMapping mapping =
                  new PortMapping(loop, own, internal.getPort(), router, random, mapped);
              mapping.open();
              return mapping;
            });
  }

  /** Takes the mapping back, without waiting for the router. Idempotent. */
  public void close() {
    loop.checkInLoop();
    if (closed) {
      return;
    }
    closed = true;
    renewal.cancel();
    stopAsking();
    Channel open = socket;
    if (open != null) {
      if (holds) {
        send(question(0));
      }
      open.close();
    }
  }

  private void open() {
    ChannelFuture binding =
        loop.datagramBootstrap(SocketProtocolFamily.INET)
            .handler(new Answers())
            .bind(new InetSocketAddress(own, 0));
    binding.addListener(
        done -> {
          if (!done.isSuccess()) {
            return; // The address is gone; the sockets of the connection will notice.
          }
          socket = binding.channel();
          if (closed) {
            binding.channel().close();
          } else {
            ask();
          }
        });
  }

  private void ask() {
    stopAsking();
    asking =
        StunTransaction.start(
            loop,
            FIRST_PAUSE,
            SENDS,
            () -> {
              if (older && outsideHost == null) {
                send(MapCodec.outsideAddress());
              }
              send(question(SECONDS));
            },
            this::silent);
  }

  private Bytes question(int seconds) {
    return older ? MapCodec.natPmp(port, seconds) : MapCodec.pcp(nonce, own, port, seconds);
  }

  private void silent() {
    if (holds) {
      renewal = loop.schedule(SILENT_AGAIN, this::ask); // It may be starting anew.
    } else if (!older) {
      askOlder();
    }
  }

  private void askOlder() {
    older = true;
    ask();
  }

  private void stopAsking() {
    if (asking != null) {
      asking.finish();
      asking = null;
    }
  }

  private void send(Bytes datagram) {
    Channel open = socket;
    if (open != null) {
      ByteBuf content = Unpooled.wrappedBuffer(datagram.toArray());
      open.writeAndFlush(new DatagramPacket(content, router), open.voidPromise());
    }
  }

  private void answered(MapAnswer answer) {
    if (answer instanceof MapAnswer.Mapped whole && !older) {
      outsideHost = whole.host();
      granted(whole.port(), whole.seconds());
    } else if (answer instanceof MapAnswer.PortMapped half && older) {
      granted(half.port(), half.seconds());
    } else if (answer instanceof MapAnswer.OutsideAddress address && older) {
      outsideHost = address.host();
      tell();
    } else if (answer instanceof MapAnswer.OlderProtocol && !older) {
      askOlder();
    } else if (answer instanceof MapAnswer.Refused) {
      stopAsking();
    }
  }

  private void granted(int outside, long seconds) {
    boolean renewed = asking == null;
    if (renewed) {
      return; // Said twice.
    }
    outsidePort = outside;
    holds = true;
    tell();
    long next = Math.max(1, Math.min(seconds, SECONDS) / 2);
    renewal.cancel();
    renewal = loop.schedule(Duration.ofSeconds(next), this::ask);
  }

  /** Once both halves are known. */
  private void tell() {
    Inet4Address host = outsideHost;
    if (holds && host != null) {
      stopAsking();
      mapped.accept(new InetSocketAddress(host, outsidePort));
    }
  }

  private final class Answers extends SimpleChannelInboundHandler<DatagramPacket> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
      // RFC 6886 §3.1: whoever else says this lies.
      if (closed || !packet.sender().equals(router)) {
        return;
      }
      try {
        answered(MapCodec.decode(Bytes.of(packet.content().nioBuffer()), nonce, port));
      } catch (MalformedBytesException nonsense) {
        // The question is repeated.
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      // No way to the router: it stays silent.
    }
  }
}
