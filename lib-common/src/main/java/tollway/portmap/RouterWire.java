// SPDX-License-Identifier: Apache-2.0
package tollway.portmap;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.loop.BackgroundThread;
import tollway.loop.NettyEventLoop;
import tollway.stun.StunTransaction;

/** One router, asked over the network: SSDP, then HTTP. XML is read beside the loop. */
final class RouterWire implements IgdWire {
  /** With the second pause, which is twice as long: three seconds. */
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

  private static final int SENDS = 2;

  /** What is read of the answers to one search. */
  private static final int MOST_ANSWERS = 16;

  private static final int MULTICAST_TTL = 2;

  private final NettyEventLoop loop;
  private final Inet4Address own;
  private final Inet4Address router;
  private @Nullable Search search;
  private @Nullable RouterHttp http;
  private boolean closed;

  RouterWire(NettyEventLoop loop, Inet4Address own, Inet4Address router) {
    this.loop = loop;
    this.own = own;
    this.router = router;
  }

  @Override
  public void search(Consumer<Optional<RouterPage>> found) {
    if (!closed) {
      search = new Search(found);
      search.open();
    }
  }

  @Override
  public void describe(RouterPage page, Consumer<List<IgdService>> described) {
    if (closed) {
      return;
    }
    http =
        RouterHttp.get(
            loop,
            own,
            router,
            page,
            IgdService.DESCRIPTION_LIMIT,
            answer -> beside(() -> services(answer, page), described));
  }

  private List<IgdService> services(Optional<RouterHttp.Answer> answer, RouterPage page) {
    try {
      return answer.isPresent() && answer.get().status() == 200
          ? IgdService.read(answer.get().body(), page, router)
          : List.of();
    } catch (MalformedBytesException nonsense) {
      return List.of();
    }
  }

  @Override
  public void call(
      IgdService service, SoapCodec.Action action, Consumer<Optional<SoapAnswer>> answered) {
    if (closed) {
      return;
    }
    http =
        RouterHttp.call(
            loop,
            own,
            router,
            service,
            action,
            answer -> beside(() -> said(answer, action), answered));
  }

  /** A fault comes with status 500 (UPnP Device Architecture 1.1 §3.2.2). */
  private static Optional<SoapAnswer> said(
      Optional<RouterHttp.Answer> answer, SoapCodec.Action action) {
    try {
      return answer.isPresent() && (answer.get().status() == 200 || answer.get().status() == 500)
          ? Optional.of(SoapCodec.decode(answer.get().body(), action))
          : Optional.empty();
    } catch (MalformedBytesException nonsense) {
      return Optional.empty();
    }
  }

  private <T> void beside(Supplier<T> reading, Consumer<T> read) {
    BackgroundThread.start(
        "router-xml",
        () -> {
          T result = reading.get();
          loop.execute(
              () -> {
                if (!closed) {
                  read.accept(result);
                }
              });
        });
  }

  @Override
  public void close() {
    closed = true;
    if (search != null) {
      search.finish();
    }
    if (http != null) {
      http.close();
    }
  }

  /**
   * Both to the router alone, whose answer firewalls let in, and to everybody: not all hear both.
   */
  private final class Search extends SimpleChannelInboundHandler<DatagramPacket> {
    private final Consumer<Optional<RouterPage>> found;
    private @Nullable Channel socket;
    private @Nullable StunTransaction asking;
    private int answers;
    private boolean done;

    Search(Consumer<Optional<RouterPage>> found) {
      this.found = found;
    }

    void open() {
      Bootstrap bootstrap = loop.datagramBootstrap(SocketProtocolFamily.INET).handler(this);
      try {
        bootstrap
            .option(ChannelOption.IP_MULTICAST_IF, NetworkInterface.getByInetAddress(own))
            .option(ChannelOption.IP_MULTICAST_TTL, MULTICAST_TTL);
      } catch (SocketException gone) {
        end(Optional.empty());
        return;
      }
      ChannelFuture binding = bootstrap.bind(new InetSocketAddress(own, 0));
      socket = binding.channel();
      binding.addListener(
          bound -> {
            if (!bound.isSuccess()) {
              end(Optional.empty());
            } else if (!done) {
              asking =
                  StunTransaction.start(
                      loop, FIRST_PAUSE, SENDS, this::ask, () -> end(Optional.empty()));
            }
          });
    }

    private void ask() {
      send(SsdpCodec.search(router), new InetSocketAddress(router, SsdpCodec.PORT));
      send(SsdpCodec.search(), new InetSocketAddress(SsdpCodec.GROUP, SsdpCodec.PORT));
    }

    private void send(Bytes datagram, InetSocketAddress to) {
      Channel open = socket;
      if (open != null) {
        PortMapping.send(open, datagram, to);
      }
    }

    void finish() {
      done = true;
      if (asking != null) {
        asking.finish();
      }
      if (socket != null) {
        socket.close();
      }
    }

    private void end(Optional<RouterPage> page) {
      if (!done) {
        finish();
        found.accept(page);
      }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
      if (done || ++answers > MOST_ANSWERS) {
        return;
      }
      try {
        Bytes datagram = Bytes.of(packet.content().nioBuffer());
        end(Optional.of(SsdpCodec.decode(datagram, packet.sender(), router)));
      } catch (MalformedBytesException another) {
        // Whatever else lives here.
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      // No way there: silence.
    }
  }
}
