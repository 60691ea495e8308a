// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The egress's end of a measurement: an echo, a source or a sink. Its bytes are in the session's
 * share like any other; it ends by itself, after the seconds that were asked for or too many bytes.
 */
final class ExitSpeedTest extends SimpleChannelInboundHandler<ByteBuf> implements ReadShare.Reader {
  static final long MOST_ECHOED = 64 << 10;

  /** Each way. */
  static final long MOST_BYTES = 2L << 30;

  /** For what is on its way when the time is over. */
  private static final long GRACE_SECONDS = 5;

  private static final long REPORT_MILLIS = 100;

  private final StreamHeader.SpeedTest test;
  private final EgressLoad load;
  private final SessionShare share;
  private final List<ScheduledFuture<?>> timers = new ArrayList<>();
  private @Nullable Channel stream;
  private @Nullable SpeedSource source;

  /** Sent by a source, heard by the others. */
  private long bytes;

  private boolean held;
  private boolean over;

  ExitSpeedTest(StreamHeader.SpeedTest test, EgressLoad load, SessionShare share) {
    this.test = test;
    this.load = load;
    this.share = share;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    Channel mine = context.channel();
    stream = mine;
    timers.add(
        context
            .executor()
            .schedule(() -> Relay.abort(mine), test.seconds() + GRACE_SECONDS, TimeUnit.SECONDS));
    switch (test.kind()) {
      case ECHO -> {}
      case DOWN -> {
        timers.add(
            context.executor().schedule(() -> finish(mine), test.seconds(), TimeUnit.SECONDS));
        SpeedSource poured = new SpeedSource(mine, this::goesOn);
        source = poured;
        poured.pour();
      }
      case UP ->
          timers.add(
              context
                  .executor()
                  .scheduleAtFixedRate(
                      () -> tell(mine), REPORT_MILLIS, REPORT_MILLIS, TimeUnit.MILLISECONDS));
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, ByteBuf said) {
    int size = said.readableBytes();
    bytes += size;
    load.bytesUp().add(size);
    if (bytes > (test.kind() == StreamHeader.SpeedTest.Kind.UP ? MOST_BYTES : MOST_ECHOED)) {
      Relay.abort(context.channel());
      return;
    }
    if (test.kind() == StreamHeader.SpeedTest.Kind.ECHO) {
      load.bytesDown().add(size);
      context.writeAndFlush(said.retain());
    }
    if (!held && !share.up().take(this, size)) {
      held = true;
      context.channel().config().setAutoRead(false);
    }
  }

  @Override
  public void resume() {
    held = false;
    Channel mine = stream;
    if (mine != null && mine.isActive()) {
      mine.config().setAutoRead(true);
      if (source != null) {
        source.pour();
      }
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (!(event instanceof ChannelInputShutdownEvent)) {
      context.fireUserEventTriggered(event);
    } else if (test.kind() != StreamHeader.SpeedTest.Kind.DOWN) {
      finish(context.channel());
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    end();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    end();
  }

  private void end() {
    over = true;
    timers.forEach(timer -> timer.cancel(false));
  }

  /** Whether one more piece may be sent, which is counted. */
  private boolean goesOn() {
    if (over || held || bytes >= MOST_BYTES) {
      return false;
    }
    bytes += SpeedSource.PIECE;
    load.bytesDown().add(SpeedSource.PIECE);
    held = !share.down().take(this, SpeedSource.PIECE);
    Channel mine = stream;
    if (bytes >= MOST_BYTES && mine != null) {
      mine.eventLoop().execute(() -> finish(mine)); // Behind this piece.
    }
    return true;
  }

  private void tell(Channel mine) {
    if (!over && mine.isActive()) {
      mine.writeAndFlush(Unpooled.buffer(Long.BYTES).writeLong(bytes));
    }
  }

  /** The last word, and then the end of what we say. */
  private void finish(Channel mine) {
    if (over || !(mine instanceof DuplexChannel open)) {
      return;
    }
    if (test.kind() == StreamHeader.SpeedTest.Kind.UP) {
      tell(mine);
    }
    over = true;
    open.writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(
            written -> open.shutdownOutput().addListener(done -> closeWhenBothEnded(open)));
  }

  private static void closeWhenBothEnded(DuplexChannel open) {
    if (open.isInputShutdown()) {
      open.close();
    }
  }
}
