// SPDX-License-Identifier: Apache-2.0
package tollway.signaling;

import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.WriteBufferWaterMark;
import java.net.URI;
import java.util.function.Consumer;
import tollway.loop.NettyEventLoop;
import tollway.loop.TcpDial;
import tollway.reach.ClientTls;
import tollway.reach.Route;
import tollway.reach.RouteDial;

/**
 * How one freddie is dialled, whatever is said to it then.
 *
 * @param tls for a route that has it
 */
record FreddieDial(NettyEventLoop loop, Route route, ClientTls tls) {
  /** A freddie that does not read is left when this much waits for it, in bytes. */
  static final int UNREAD_LIMIT = 256 << 10;

  /** TCP, and a proxy and TLS before the handlers that {@code prepare} adds. On the loop. */
  TcpDial start(Consumer<ChannelPipeline> prepare, TcpDial.Outcome outcome) {
    return RouteDial.start(
        loop,
        loop.socketBootstrap()
            .option(ChannelOption.TCP_NODELAY, true)
            .option(
                ChannelOption.WRITE_BUFFER_WATER_MARK,
                new WriteBufferWaterMark(UNREAD_LIMIT / 2, UNREAD_LIMIT)),
        route,
        tls,
        prepare,
        outcome);
  }

  /** Of a WebSocket of this freddie: its authority is what the Host field has to be. */
  URI socket(String below) {
    return route.socket(below);
  }
}
