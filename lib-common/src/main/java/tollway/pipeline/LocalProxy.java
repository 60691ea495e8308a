// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import java.net.InetSocketAddress;
import tollway.loop.ListenException;
import tollway.loop.NettyEventLoop;
import tollway.loop.NettyLoops;

/** HTTP and SOCKS5 on one port, for the programs of this host. On the desktop's loop. */
final class LocalProxy {
  /** Connections at once; more are closed unread. */
  private static final int MOST_CONNECTIONS = 2048;

  private static final WriteBufferWaterMark QUEUE = new WriteBufferWaterMark(128 << 10, 256 << 10);

  private final ChannelGroup connections;
  private final Channel listener;

  private LocalProxy(ChannelGroup connections, Channel listener) {
    this.connections = connections;
    this.listener = listener;
  }

  /** Listens when it returns; not on a loop. */
  static LocalProxy bind(NettyLoops loops, InetSocketAddress address, ProxyPort port)
      throws ListenException {
    NettyEventLoop loop = port.loop();
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
                    channel.pipeline().addLast(new ProxyGreeting(port));
                  }
                })
            .bind(address);
    return new LocalProxy(connections, ListenException.check(bound, "TCP", address));
  }

  InetSocketAddress address() {
    return (InetSocketAddress) listener.localAddress();
  }

  /** Of programs, now. */
  int connections() {
    return connections.size();
  }

  void close() {
    listener.close();
    connections.close();
  }
}
