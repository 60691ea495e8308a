// SPDX-License-Identifier: Apache-2.0
package tollway.reach;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import java.util.function.Consumer;
import tollway.loop.NettyEventLoop;
import tollway.loop.TcpDial;

/** Dials a route: TCP, and the handlers of TLS before those of the caller. On the loop. */
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
                .tlsName()
                .ifPresent(
                    name ->
                        fresh.pipeline().addLast(tls.handler(fresh.alloc(), name, route.port())));
            handlers.accept(fresh.pipeline());
          }
        };
    return TcpDial.start(loop, bootstrap.handler(pipeline), route.host(), route.port(), outcome);
  }
}
