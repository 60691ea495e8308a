// SPDX-License-Identifier: Apache-2.0
package tollway.reach;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import java.net.UnknownHostException;
import java.util.function.Consumer;
import tollway.loop.NettyEventLoop;
import tollway.loop.TcpDial;

/**
 * Dials a route: TCP, and the handlers of a proxy and of TLS before those of the caller, for whom
 * the connection becomes active when the proxy has made it. What a proxy refuses comes to their
 * {@code exceptionCaught} as an {@link UpstreamException}. On the loop.
 */
public final class RouteDial {
  private RouteDial() {}

  /** {@code bootstrap} is of this loop; {@code handlers} are for what is said to the freddie. */
  public static TcpDial start(
      NettyEventLoop loop,
      Bootstrap bootstrap,
      Route route,
      ClientTls tls,
      Consumer<ChannelPipeline> handlers,
      TcpDial.Outcome outcome) {
    ChannelInitializer<Channel> pipeline =
        new ChannelInitializer<>() {
          @Override
          protected void initChannel(Channel fresh) {
            route
                .upstream()
                .ifPresent(
                    proxy ->
                        fresh
                            .pipeline()
                            .addLast(UpstreamHandshake.of(proxy, route.host(), route.port())));
            route
                .tlsName()
                .ifPresent(
                    name ->
                        fresh.pipeline().addLast(tls.handler(fresh.alloc(), name, route.port())));
            handlers.accept(fresh.pipeline());
          }
        };
    bootstrap.handler(pipeline);
    return route.upstream().isPresent()
        ? dial(loop, bootstrap, route.upstream().get(), outcome)
        : TcpDial.start(loop, bootstrap, route.host(), route.port(), outcome);
  }

  /** Only the proxy's name is looked up here. */
  private static TcpDial dial(
      NettyEventLoop loop, Bootstrap bootstrap, Upstream proxy, TcpDial.Outcome outcome) {
    return TcpDial.start(
        loop,
        bootstrap,
        proxy.host(),
        proxy.port(),
        new TcpDial.Outcome() {
          @Override
          public void connected(Channel channel) {
            outcome.connected(channel);
          }

          @Override
          public void failed(Throwable why) {
            outcome.failed(
                new UpstreamException(
                    proxy,
                    why instanceof UnknownHostException
                        ? "no such host"
                        : "cannot connect: connection refused or timed out"));
          }
        });
  }
}
