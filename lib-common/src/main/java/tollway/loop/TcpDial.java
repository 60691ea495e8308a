// SPDX-License-Identifier: Apache-2.0
package tollway.loop;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A TCP connection with a host by its name, which is looked up beside the loop; its addresses are
 * tried one after the other. Every method and callback is on the loop.
 */
public final class TcpDial {
  /** What the dial comes to; one of them once, and neither after {@link #close}. */
  public interface Outcome {
    void connected(Channel channel);

    void failed(Throwable why);
  }

  private static final int TIMEOUT_MILLIS = 10_000;
  private static final int MOST_ADDRESSES = 8;

  private final NettyEventLoop loop;
  private final Bootstrap bootstrap;
  private final int port;
  private final Outcome outcome;
  private @Nullable Channel channel;
  private boolean closed;

  private TcpDial(NettyEventLoop loop, Bootstrap bootstrap, int port, Outcome outcome) {
    this.loop = loop;
    this.bootstrap = bootstrap;
    this.port = port;
    this.outcome = outcome;
  }

  /** {@code host}: a name or an address, also in brackets; {@code bootstrap}: of this loop. */
  public static TcpDial start(
      NettyEventLoop loop, Bootstrap bootstrap, String host, int port, Outcome outcome) {
    loop.checkInLoop();
    TcpDial dial =
        new TcpDial(
            loop,
            bootstrap.option(ChannelOption.CONNECT_TIMEOUT_MILLIS, TIMEOUT_MILLIS),
            port,
            outcome);
    String bare = host.replaceFirst("^\\[(.*)]$", "$1");
    if (NetUtil.createByteArrayFromIpAddressString(bare) != null) {
      dial.lookUp(bare);
    } else {
      // The system's resolver may take its time.
      BackgroundThread.start("host-name", () -> dial.lookUp(bare));
    }
    return dial;
  }

  /** Gives up, or closes the connection that came of it. */
  public void close() {
    loop.checkInLoop();
    closed = true;
    if (channel != null) {
      channel.close();
    }
  }

  private void lookUp(String host) {
    try {
      List<InetAddress> found =
          Arrays.stream(InetAddress.getAllByName(host)).limit(MOST_ADDRESSES).toList();
      loop.execute(() -> connect(found, 0));
    } catch (UnknownHostException unknown) {
      loop.execute(() -> fail(unknown));
    }
  }

  private void connect(List<InetAddress> addresses, int index) {
    if (closed) {
      return;
    }
    ChannelFuture connecting = bootstrap.connect(new InetSocketAddress(addresses.get(index), port));
    channel = connecting.channel();
    connecting.addListener(
        (ChannelFuture done) -> {
          if (closed) {
            return; // And so is the channel.
          }
          if (done.isSuccess()) {
            outcome.connected(done.channel());
          } else if (index + 1 < addresses.size()) {
            connect(addresses, index + 1);
          } else {
            fail(done.cause());
          }
        });
  }

  private void fail(Throwable why) {
    if (!closed) {
      outcome.failed(why);
    }
  }
}
