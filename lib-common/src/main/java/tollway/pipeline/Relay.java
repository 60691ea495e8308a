// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.AttributeKey;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.atomic.LongAdder;
import tollway.session.SessionStreams;

/**
 * Carries bytes from one channel to another and back: reads only as fast as the other end takes,
 * hands on the end of each direction by itself, and a failure of either end at once. Both channels
 * are on one loop.
 */
final class Relay extends ChannelInboundHandlerAdapter implements ReadShare.Reader {
  /**
   * On a stream: tells the other end that nobody reads it any more. STOP_SENDING should, but the
   * codec does not pass it on while a stream is blocked (netty issue 17380).
   */
  static final AttributeKey<Runnable> UNREAD = AttributeKey.valueOf(Relay.class, "unread");

  private final DuplexChannel own;
  private final DuplexChannel other;
  private final Count count;
  private boolean inputEnded;

  /** Has read more than its share, and waits for its turn. */
  private boolean held;

  /** Where one direction is counted, and who lets it read. */
  record Count(LongAdder carried, ReadShare share) {
    Count() {
      this(new LongAdder(), ReadShare.UNLIMITED);
    }
  }

  private Relay(DuplexChannel own, DuplexChannel other, Count count) {
    this.own = own;
    this.other = other;
    this.count = count;
  }

  /** Joins two connected channels; what {@code a} sends is counted in {@code fromA}. */
  static void join(DuplexChannel a, DuplexChannel b, Count fromA, Count fromB) {
    a.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    b.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    a.pipeline().addLast(new Relay(a, b, fromA));
    b.pipeline().addLast(new Relay(b, a, fromB));
    if (!a.isActive() || !b.isActive()) {
      abort(a);
      abort(b);
      return;
    }
    a.config().setAutoRead(b.isWritable() && !a.isInputShutdown());
    b.config().setAutoRead(a.isWritable() && !b.isInputShutdown());
  }

  /** Ends a channel so that its peer sees a failure, not an end of data. */
  static void abort(Channel channel) {
    if (!SessionStreams.reset(channel) && channel.isOpen()) {
      channel.config().setOption(ChannelOption.SO_LINGER, 0); // Close as a reset.
      channel.close();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof ByteBuf bytes) {
      int size = bytes.readableBytes();
      count.carried().add(size);
      other.write(bytes).addListener((ChannelFuture written) -> afterWrite(context, written));
      if (!held && !count.share().take(this, size)) {
        held = true;
      }
      if (held || !other.isWritable()) {
        own.config().setAutoRead(false);
      }
    } else {
      ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    other.flush();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    Relay opposite = other.pipeline().get(Relay.class);
    if (opposite != null) {
      opposite.readOn();
    }
  }

  @Override
  public void resume() {
    held = false;
    readOn();
  }

  private void readOn() {
    // A read behind the end of input makes epoll close the other direction, too.
    if (!held && other.isWritable() && !own.isInputShutdown()) {
      own.config().setAutoRead(true);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof ChannelInputShutdownEvent && !inputEnded) {
      inputEnded = true;
      // Behind what is queued: shutting down first would throw it away.
      other
          .writeAndFlush(Unpooled.EMPTY_BUFFER)
          .addListener(
              drained -> {
                if (other.isOpen() && !other.isOutputShutdown()) {
                  other.shutdownOutput().addListener(done -> closeWhenBothEnded());
                }
              });
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (!inputEnded) {
      abort(other);
    } else if (other.isOpen()) {
      // What we said last is still on its way to the other end; what it says has no reader.
      Runnable unread = other.attr(UNREAD).get();
      if (unread != null && !other.isInputShutdown()) {
        unread.run();
      }
      other.shutdownInput().addListener(done -> closeWhenBothEnded());
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (inputEnded) {
      // A peer that has closed: also what a read from such a channel comes to with epoll.
      context.close();
    } else {
      inputEnded = true;
      abort(context.channel());
      abort(other);
    }
  }

  /** Nobody takes what we read: it was written to a channel that is gone. */
  private void afterWrite(ChannelHandlerContext context, ChannelFuture written) {
    if (written.isSuccess()) {
      return;
    }
    context.channel().config().setAutoRead(false);
    if (other.isOpen()) {
      abort(other);
    }
  }

  private void closeWhenBothEnded() {
    if (other.isInputShutdown() && other.isOutputShutdown()) {
      other.close();
    }
  }
}
