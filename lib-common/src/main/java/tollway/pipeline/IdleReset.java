// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.util.concurrent.TimeUnit;

/** Ends a connection in which nothing moves, so that nobody takes that for the end of data. */
final class IdleReset extends IdleStateHandler {
  IdleReset(long seconds) {
    super(0, 0, seconds, TimeUnit.SECONDS);
  }

  @Override
  protected void channelIdle(ChannelHandlerContext context, IdleStateEvent event) {
    Relay.abort(context.channel());
  }
}
