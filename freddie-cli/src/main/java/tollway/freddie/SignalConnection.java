// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.concurrent.ScheduledFuture;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.signaling.Signal;
import tollway.signaling.SignalingCodec;

/** One client's WebSocket: asks who it is, bounds how much it says. On the connection's loop. */
final class SignalConnection extends SimpleChannelInboundHandler<WebSocketFrame> {
  private static final int PROOF_SECONDS = 10;

  /** A client may say this many things at once, and this many a second for long. */
  private static final int BURST = 400;

  private static final int PER_SECOND = 50;

  private final SignalServer server;
  private final Bytes nonce;
  private volatile @Nullable Channel channel;
  private @Nullable ScheduledFuture<?> deadline;
  private boolean opened;
  private boolean proved;
  private double allowance = BURST;
  private long countedAt = System.nanoTime();

  SignalConnection(SignalServer server, SecureRandom random) {
    this.server = server;
    byte[] fresh = new byte[Signal.NONCE_SIZE];
    random.nextBytes(fresh);
    nonce = Bytes.of(fresh);
  }

  Bytes nonce() {
    return nonce;
  }

  /** Any thread. */
  void send(Signal signal) {
    Channel open = channel;
    if (open == null) {
      return;
    }
    if (!open.isWritable()) {
      open.close(); // It does not read: it must not grow our memory.
      return;
    }
    byte[] bytes = SignalingCodec.encode(signal).toArray();
    open.writeAndFlush(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(bytes)));
  }

  /** Says why, then closes. Any thread. */
  void refuse(Signal.Refusal refusal) {
    Channel open = channel;
    if (open != null) {
      byte[] bytes = SignalingCodec.encode(refusal).toArray();
      open.writeAndFlush(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(bytes)))
          .addListener(ChannelFutureListener.CLOSE);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof WebSocketServerProtocolHandler.HandshakeComplete) {
      channel = context.channel();
      opened = true;
      deadline =
          context.executor().schedule(() -> expire(context), PROOF_SECONDS, TimeUnit.SECONDS);
      server.opened(this);
      send(new Signal.Challenge(Signal.VERSION, nonce));
    } else if (event instanceof IdleStateEvent) {
      context.close();
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
    if (!affordable()) {
      refuse(new Signal.Refusal(Signal.Code.TOO_FAST, 10, "too many messages"));
      return;
    }
    try {
      if (!(frame instanceof BinaryWebSocketFrame)) {
        throw new MalformedBytesException("signals are binary messages");
      }
      onSignal(SignalingCodec.decode(frame.content().nioBuffer()));
    } catch (MalformedBytesException wrong) {
      refuse(new Signal.Refusal(Signal.Code.BAD_MESSAGE, 0, "that was not a signal"));
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (deadline != null) {
      deadline.cancel(false);
    }
    if (opened) {
      server.closed(this);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close();
  }

  private void onSignal(Signal signal) {
    if (proved) {
      server.said(this, signal);
    } else if (!(signal instanceof Signal.Hello hello)) {
      refuse(new Signal.Refusal(Signal.Code.BAD_PROOF, 0, "who are you?"));
    } else if (hello.version() != Signal.VERSION) {
      refuse(
          new Signal.Refusal(
              Signal.Code.WRONG_VERSION, 0, "this freddie speaks version " + Signal.VERSION));
    } else if (!hello.node().verify(Signal.helloProof(nonce), hello.signature())) {
      refuse(new Signal.Refusal(Signal.Code.BAD_PROOF, 0, "the proof does not verify"));
    } else {
      proved = true;
      server.proved(this, new Market.Client(hello.node()));
    }
  }

  private void expire(ChannelHandlerContext context) {
    if (!proved) {
      context.close();
    }
  }

  private boolean affordable() {
    long now = System.nanoTime();
    allowance = Math.min(BURST, allowance + (now - countedAt) * 1e-9 * PER_SECOND);
    countedAt = now;
    allowance -= 1;
    return allowance >= 0;
  }
}
