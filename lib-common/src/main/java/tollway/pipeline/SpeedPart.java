// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tollway.loop.NettyEventLoop;
import tollway.loop.Timer;

/** One part of a measurement, on a stream of its own. On the desktop's loop. */
abstract class SpeedPart extends SimpleChannelInboundHandler<ByteBuf> {
  final NettyEventLoop loop;
  private final Duration limit;
  private final Consumer<String> failure;
  private @Nullable Timer deadline;
  private @Nullable DuplexChannel stream;
  private boolean done;

  /** {@code failure} is told why nothing was measured within {@code limit}. */
  SpeedPart(NettyEventLoop loop, Duration limit, Consumer<String> failure) {
    this.loop = loop;
    this.limit = limit;
    this.failure = failure;
  }

  /** The stream is there. */
  abstract void begun(DuplexChannel open);

  /** All has been said by the egress. */
  abstract void ended();

  /** Whether there is something to tell although it did not end as it should. */
  boolean isMeasured() {
    return false;
  }

  /** True the first time; the stream is let go of. */
  final boolean finishOnce() {
    if (done) {
      return false;
    }
    done = true;
    if (deadline != null) {
      deadline.cancel();
    }
    if (stream != null) {
      Relay.abort(stream);
    }
    return true;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    DuplexChannel open = (DuplexChannel) context.channel();
    stream = open;
    deadline = loop.schedule(limit, () -> breakOff("the egress does not keep up with the test"));
    begun(open);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      ended();
    } else {
      context.fireUserEventTriggered(event);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    breakOff("the egress broke the test off");
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close();
  }

  final void breakOff(String why) {
    if (!done && isMeasured()) {
      ended();
    } else if (finishOnce()) {
      failure.accept(why);
    }
  }
}
