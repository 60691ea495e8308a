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
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import java.security.SecureRandom;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.signaling.Advert;
import tollway.signaling.SealKey;
import tollway.signaling.Signal;
import tollway.signaling.SignalingCodec;

/**
 * One client's WebSocket, on its own loop: asks who it is, checks what it says and signs, and hands
 * that to the market hall.
 *
 * <pre>
 * TCP ──handshake──▶ challenged ──hello──▶ waiting ──admitted──▶ proved ──▶ closed
 *                        └────────refusal──────┴───────────────────┴──▶ refused ──▶ closed, within 1 s
 * </pre>
 */
final class SignalConnection extends SimpleChannelInboundHandler<WebSocketFrame> {
  /** Who has less than this waiting is never to blame for a long backlog, in bytes. */
  private static final int BLAMELESS = 16 << 10;

  private final SignalServer server;
  private final ConnectionGuard guard;
  private final Channel channel;
  private final Bytes nonce;
  private @Nullable Client client;

  /** The client's, checked. */
  private @Nullable SealKey seal;

  private boolean opened;
  private boolean waiting;
  private boolean refused;

  SignalConnection(
      SignalServer server, ConnectionGuard guard, Channel channel, SecureRandom random) {
    this.server = server;
    this.guard = guard;
    this.channel = channel;
    nonce = Bytes.random(random, Signal.NONCE_SIZE);
  }

  /** Any thread. */
  void send(Signal signal) {
    byte[] bytes = SignalingCodec.encode(signal).toArray();
    boolean bearable = server.backlog().add(bytes.length);
    channel
        .writeAndFlush(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(bytes)))
        .addListener(sent -> server.backlog().remove(bytes.length));
    if (!bearable && channel.bytesBeforeUnwritable() < SignalServer.UNREAD_LIMIT - BLAMELESS) {
      guard.cut(Counters.Cut.NOT_READING);
    }
  }

  /** Its client has come anew. Any thread. */
  void replaced() {
    guard.cut(Counters.Cut.REPLACED);
  }

  /** Any thread. */
  void fault(Fault fault) {
    channel.pipeline().fireUserEventTriggered(fault);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof WebSocketServerProtocolHandler.HandshakeComplete) {
      opened = true;
      if (!server.opened()) {
        refuse(Fault.FULL);
      } else if (server.isDraining()) {
        refuse(Fault.STOPPING);
      } else {
        send(server.reception().challenge(nonce, server.hostSalt()));
      }
    } else if (event instanceof Fault fault && opened) {
      refuse(fault);
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
    if (frame instanceof CloseWebSocketFrame goodbye) {
      // RFC 6455 §5.5.1: answer a Close with a Close, and the server ends the connection.
      if (refused) {
        context.close();
      } else {
        refused = true;
        context.writeAndFlush(goodbye.retain()).addListener(ChannelFutureListener.CLOSE);
        guard.cutSoon(Counters.Cut.LINGERING);
      }
    } else if (!refused) {
      onMessage(frame);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (opened) {
      server.closed();
    }
    if (client != null) {
      server.hall().leaves(client);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof TooLongFrameException) {
      refuse(Fault.badMessage(WebSocketCloseStatus.MESSAGE_TOO_BIG, "a signal has at most 16 KiB"));
    } else {
      context.close();
    }
  }

  private void onMessage(WebSocketFrame frame) {
    try {
      if (!(frame instanceof BinaryWebSocketFrame)) {
        throw new MalformedBytesException("signals are binary messages");
      }
      Signal signal = SignalingCodec.decode(frame.content().nioBuffer());
      if (client == null) {
        prove(signal);
      } else {
        onSignal(client, signal);
      }
    } catch (MalformedBytesException wrong) {
      refuse(Fault.badMessage(WebSocketCloseStatus.INVALID_MESSAGE_TYPE, "that was not a signal"));
    }
  }

  private void prove(Signal signal) {
    if (waiting) {
      refuse(Fault.policy(Signal.Code.BAD_PROOF, "wait for the welcome"));
    } else if (!(signal instanceof Signal.Hello hello)) {
      refuse(Fault.policy(Signal.Code.BAD_PROOF, "who are you?"));
    } else if (hello.version() != Signal.VERSION) {
      refuse(
          Fault.policy(Signal.Code.WRONG_VERSION, "this freddie speaks version " + Signal.VERSION));
    } else {
      waiting = true;
      guard.proved(); // Whoever attends to it has little patience, too.
      server.reception().arrives(hello, nonce, new AtTheDoor(hello));
    }
  }

  private void admit(Signal.Hello hello) {
    waiting = false;
    if (!refused && channel.isActive()) {
      client =
          new Client(
              hello.node(), Origin.of(channel.remoteAddress()), hello.host(), hello.session());
      server.hall().enters(client, this);
    }
  }

  private void onSignal(Client who, Signal signal) {
    if (signal instanceof Signal.Slots slots) {
      advertised(who, slots);
    } else if (signal instanceof Signal.PeerRequest request) {
      server.hall().wishes(who, request);
    } else if (signal instanceof Signal.OnwardRequest request) {
      server.hall().wishesOnwards(who, request);
    } else if (signal instanceof Signal.HangUp hangUp) {
      server.hall().hangsUp(who, hangUp);
    } else if (signal instanceof Signal.Sealed sealed) {
      server.hall().relays(who, sealed.match(), sealed);
    } else {
      refuse(Fault.badMessage(WebSocketCloseStatus.POLICY_VIOLATION, "not for a freddie"));
    }
  }

  private void advertised(Client who, Signal.Slots slots) {
    try {
      Advert advert = slots.advert().verified(who.node(), nonce);
      if (!slots.seal().equals(seal) && !slots.seal().isOf(who.node())) {
        throw new MalformedBytesException("the signature of the key does not verify");
      }
      seal = slots.seal();
      server.hall().offers(who, advert, slots.seal());
    } catch (MalformedBytesException wrong) {
      refuse(
          Fault.policy(
              Signal.Code.BAD_PROOF, "a signature of the advert or its key does not verify"));
    }
  }

  /** Says why, then hears nothing more but the other side's Close. */
  private void refuse(Fault fault) {
    if (refused) {
      return;
    }
    refused = true;
    server.counters().refused(fault.code());
    send(new Signal.Refusal(fault.code(), fault.retryAfterSeconds(), fault.text()));
    channel.writeAndFlush(new CloseWebSocketFrame(fault.status(), fault.text()));
    guard.cutSoon(Counters.Cut.LINGERING);
  }

  /** Where the reception finds us: on its loop. */
  private final class AtTheDoor implements Reception.Guest {
    private final Signal.Hello hello;

    AtTheDoor(Signal.Hello hello) {
      this.hello = hello;
    }

    @Override
    public boolean isThere() {
      return channel.isActive();
    }

    @Override
    public void admitted() {
      onLoop(() -> admit(hello));
    }

    @Override
    public void cheated(Fault fault) {
      server.newcomers().punish(channel.remoteAddress());
      refused(fault);
    }

    @Override
    public void refused(Fault fault) {
      onLoop(() -> refuse(fault));
    }

    private void onLoop(Runnable task) {
      try {
        channel.eventLoop().execute(task);
      } catch (RejectedExecutionException stopped) {
        // The process ends, and all connections have ended before it.
      }
    }
  }
}
