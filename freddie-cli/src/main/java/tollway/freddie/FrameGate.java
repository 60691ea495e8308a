// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Sees every WebSocket frame first, pings and fragments too. Who is too fast is read no faster than
 * allowed, so that TCP slows it down; who is far ahead all the same, because many tiny frames fit
 * into one read, or breaks RFC 6455, is reported as a {@link Fault}.
 */
final class FrameGate extends ChannelDuplexHandler {
  private final FrameAllowance allowance;
  private boolean paused;
  private boolean over;

  FrameGate(LongSupplier nanoTime) {
    allowance = new FrameAllowance(nanoTime);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof WebSocketFrame frame) {
      count(context);
      if (over && !(frame instanceof CloseWebSocketFrame)) {
        frame.release();
        return;
      }
    }
    context.fireChannelRead(message);
  }

  @Override
  public void read(ChannelHandlerContext context) {
    // Handlers behind us ask for more when reading is not automatic: not while we pause.
    if (!paused) {
      context.read();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof CorruptedWebSocketFrameException broken) {
      context.fireUserEventTriggered(
          Fault.badMessage(broken.closeStatus(), "that was not a WebSocket frame for us"));
    } else {
      context.close(); // A broken socket, mostly.
    }
  }

  private void count(ChannelHandlerContext context) {
    allowance.take(1);
    if (allowance.isFarOverdrawn() && !over) {
      over = true;
      resume(context); // To hear it close.
      context.fireUserEventTriggered(Fault.TOO_FAST);
    } else if (allowance.pause() > 0 && !over && !paused) {
      paused = true;
      context.channel().config().setAutoRead(false);
      resumeLater(context);
    }
  }

  private void resumeLater(ChannelHandlerContext context) {
    context
        .executor()
        .schedule(() -> resumeWhenPaid(context), allowance.pause(), TimeUnit.NANOSECONDS);
  }

  private void resumeWhenPaid(ChannelHandlerContext context) {
    if (allowance.pause() > 0 && !over) {
      resumeLater(context); // More came in the read that was under way.
    } else {
      resume(context);
    }
  }

  private void resume(ChannelHandlerContext context) {
    paused = false;
    context.channel().config().setAutoRead(true);
  }
}
