// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;

/** Counts what the streams of a desktop carry, since the start. On its loop. */
@ChannelHandler.Sharable
final class DesktopTraffic extends ChannelDuplexHandler {
  private long streams;
  private long up;
  private long down;

  /** Streams that were opened. */
  long streams() {
    return streams;
  }

  /** Bytes to the egress. */
  long up() {
    return up;
  }

  /** Bytes from the egress. */
  long down() {
    return down;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    streams++;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof ByteBuf bytes) {
      down += bytes.readableBytes();
    }
    context.fireChannelRead(message);
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    if (message instanceof ByteBuf bytes) {
      up += bytes.readableBytes();
    }
    context.write(message, promise);
  }
}
