// SPDX-License-Identifier: Apache-2.0
package tollway.netstated;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import tollway.bytes.Bytes;
import tollway.loop.ListenException;
import tollway.loop.NettyEventLoop;
import tollway.loop.NettyLoops;
import tollway.netstate.NetstateGraph;
import tollway.netstate.ReportCodec;
import tollway.page.HtmlPage;

/** Collects reports and shows the map by HTTP, all on one loop. */
final class NetstateServer implements AutoCloseable {
  private static final int MAX_CONNECTIONS = 512;

  private final NettyEventLoop loop;
  private final LiveGraph graph;
  private final ChannelGroup connections;
  private final Channel listener;

  private NetstateServer(
      NettyEventLoop loop, LiveGraph graph, ChannelGroup connections, Channel listener) {
    this.loop = loop;
    this.graph = graph;
    this.connections = connections;
    this.listener = listener;
  }

  /** Listens when it returns. */
  static NetstateServer start(NettyLoops loops, ServeConfig config) throws IOException {
    NettyEventLoop loop = loops.next();
    byte[] salt = new byte[32];
    new SecureRandom().nextBytes(salt);
    LiveGraph graph = new LiveGraph(loop, new NetstateGraph(config.limits(), Bytes.of(salt)));
    HttpRoutes.Site site =
        new HttpRoutes.Site(
            loop, graph, config.token(), HtmlPage.load(NetstateServer.class, "map", "'self'"));
    ChannelGroup connections = new DefaultChannelGroup(loop.netty());
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loop.netty())
            .channel(loops.serverSocketChannel())
            .option(ChannelOption.SO_REUSEADDR, true)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    accept(channel, connections, site);
                  }
                })
            .bind(config.listen());
    try {
      Channel listener = ListenException.check(bound, "TCP", config.listen());
      return new NetstateServer(loop, graph, connections, listener);
    } catch (ListenException refused) {
      graph.close();
      throw refused;
    }
  }

  InetSocketAddress address() {
    return (InetSocketAddress) listener.localAddress();
  }

  @Override
  public void close() {
    loop.execute(graph::close);
    listener.close().awaitUninterruptibly();
    connections.close().awaitUninterruptibly();
  }

  private static void accept(Channel channel, ChannelGroup connections, HttpRoutes.Site site) {
    if (connections.size() >= MAX_CONNECTIONS) {
      channel.close();
      return;
    }
    connections.add(channel);
    channel
        .pipeline()
        .addLast(
            new HttpServerCodec(),
            new HttpObjectAggregator(ReportCodec.MAX_BYTES),
            new HttpRoutes(site));
  }
}
