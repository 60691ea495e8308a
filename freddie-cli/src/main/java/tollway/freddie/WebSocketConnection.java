// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import java.net.SocketAddress;
import java.security.SecureRandom;
import java.util.concurrent.RejectedExecutionException;

/** One client's WebSocket, on its own loop. */
final class WebSocketConnection extends SimpleChannelInboundHandler<WebSocketFrame>
    implements SignalConnection.Carriage {
  private final SignalServer server;
  private final ConnectionGuard guard;
  private final Channel channel;
  private final SignalConnection connection;
  private volatile SocketAddress remote;
  private boolean opened;
  private boolean dismissed;

  WebSocketConnection(
      SignalServer server, ConnectionGuard guard, Channel channel, SecureRandom random) {
    this.server = server;
    this.guard = guard;
    this.channel = channel;
    remote = channel.remoteAddress();
    connection = new SignalConnection(server, this, random);
  }

  @Override
  public SocketAddress remote() {
    return remote;
  }

  @Override
  public boolean isOpen() {
    return channel.isActive();
  }

  @Override
  public void carry(byte[] signal) {
    server
        .backlog()
        .write(
            channel,
            guard,
            new BinaryWebSocketFrame(Unpooled.wrappedBuffer(signal)),
            signal.length);
  }

  @Override
  public void introduced() {
    guard.proved();
  }

  /** Hears nothing more but the other side's Close. */
  @Override
  public void dismiss(Fault fault) {
    dismissed = true;
    channel.writeAndFlush(new CloseWebSocketFrame(fault.status(), fault.text()));
    guard.cutSoon(Counters.Cut.LINGERING);
  }

  @Override
  public void cut(Counters.Cut why) {
    guard.cut(why);
  }

  @Override
  public void onLoop(Runnable task) {
    try {
      channel.eventLoop().execute(task);
    } catch (RejectedExecutionException stopped) {
      // The process ends, and all connections have ended before it.
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof WebSocketServerProtocolHandler.HandshakeComplete handshake) {
      remote = server.client(channel, handshake.requestHeaders());
      boolean fronted = !remote.equals(channel.remoteAddress());
      if (fronted && !server.newcomers().admits(remote)) {
        guard.cut(Counters.Cut.TOO_OFTEN);
        return;
      }
      opened = true;
      connection.begin();
    } else if (event instanceof Fault fault && opened) {
      connection.refuse(fault);
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
    if (frame instanceof CloseWebSocketFrame goodbye) {
      // RFC 6455 §5.5.1: answer a Close with a Close, and the server ends the connection.
      if (dismissed) {
        context.close();
      } else {
        dismissed = true;
        context.writeAndFlush(goodbye.retain()).addListener(ChannelFutureListener.CLOSE);
        guard.cutSoon(Counters.Cut.LINGERING);
      }
    } else if (!dismissed && frame instanceof BinaryWebSocketFrame) {
      connection.hear(frame.content().nioBuffer());
    } else if (!dismissed) {
      connection.refuse(Fault.NO_SIGNAL);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (opened) {
      connection.end();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof TooLongFrameException) {
      connection.refuse(Fault.TOO_LONG);
    } else {
      context.close();
    }
  }
}
