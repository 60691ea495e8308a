// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tollway.loop.ListenException;
import tollway.loop.NettyEventLoop;
import tollway.loop.NettyLoops;

/** A port for the programs of this host, who ask there for connections. On the desktop's loop. */
public final class LocalProxy {
  /** Connections at once; more are closed unread. */
  private static final int MOST_CONNECTIONS = 2048;

  private static final WriteBufferWaterMark QUEUE = new WriteBufferWaterMark(128 << 10, 256 << 10);

  private final ChannelGroup connections;
  private final @Nullable Channel listener;

  private LocalProxy(ChannelGroup connections, @Nullable Channel listener) {
    this.connections = connections;
    this.listener = listener;
  }

  /** HTTP and SOCKS5 on one port; without an address nobody can connect. Not on a loop. */
  static LocalProxy bind(NettyLoops loops, Optional<InetSocketAddress> address, ProxyPort port)
      throws ListenException {
    return address.isPresent()
        ? bind(loops, port.loop(), address.get(), () -> new ProxyGreeting(port))
        : new LocalProxy(new DefaultChannelGroup(port.loop().netty()), null);
  }

  /**
   * Each connection begins with one of {@code greetings}. Listens when it returns; not on a loop.
   */
  public static LocalProxy bind(
      NettyLoops loops,
      NettyEventLoop loop,
      InetSocketAddress address,
      Supplier<ChannelHandler> greetings)
      throws ListenException {
    ChannelGroup connections = new DefaultChannelGroup(loop.netty());
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loop.netty())
            .channel(loops.serverSocketChannel())
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(ChannelOption.SO_BACKLOG, 1024)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, QUEUE)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    if (connections.size() >= MOST_CONNECTIONS) {
                      channel.close();
                      return;
                    }
                    connections.add(channel);
                    channel.pipeline().addLast(greetings.get());
                  }
                })
            .bind(address);
    return new LocalProxy(connections, ListenException.check(bound, "TCP", address));
  }

  public InetSocketAddress address() {
    return (InetSocketAddress) Objects.requireNonNull(listener, "no port").localAddress();
  }

  /** Of programs, now. */
  int connections() {
    return connections.size();
  }

  public void close() {
    if (listener != null) {
      listener.close();
    }
    connections.close();
  }
}
