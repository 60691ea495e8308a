// SPDX-License-Identifier: Apache-2.0
package tollway.signaling;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshakeException;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import io.netty.handler.timeout.IdleState;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import tollway.admission.Solution;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.identity.Identity;
import tollway.loop.NettyEventLoop;
import tollway.loop.TcpDial;
import tollway.loop.Timer;
import tollway.loop.TlsTrouble;
import tollway.reach.ClientTls;
import tollway.reach.Route;
import tollway.reach.RouteDial;
import tollway.reach.UpstreamException;
import tollway.worker.Redialer;

/**
 * One attempt to reach one freddie, and the conversation that comes of it. Everything is on the
 * loop.
 *
 * <pre>
 * name ──▶ TCP ──▶ TLS, WebSocket ──challenge──▶ puzzle, hello ──welcome──▶ conversation ──▶ ended
 *   └────────┴──────────┴──────── failure, or 15 s gone ──────────┴────────────────────────────▲
 * </pre>
 */
final class FreddieConnection implements Redialer.Attempt {
  /** What an attempt comes to. */
  interface Owner {
    /** freddie knows us, and told {@code stun}. */
    void welcomed(FreddieConnection connection, List<String> stun);

    /** Anything else that freddie says; before the welcome only a refusal. */
    void said(FreddieConnection connection, Signal signal);

    /** The last word, unless it was the owner who closed. */
    void ended(FreddieConnection connection, String why);
  }

  private static final Duration PATIENCE = Duration.ofSeconds(15);

  /** A freddie that does not read is left when this much waits for it, in bytes. */
  private static final int UNREAD_LIMIT = 256 << 10;

  /** A connection without any word from freddie, not even a pong, is dead after this. */
  private static final int SILENCE_SECONDS = 60;

  private static final int PING_SECONDS = 25;

  private final NettyEventLoop loop;
  private final Route route;
  private final ClientTls tls;
  private final Identity identity;
  private final Bytes session;
  private final Solver solver;
  private final Owner owner;
  private @Nullable Timer deadline;
  private @Nullable TcpDial dial;
  private @Nullable Channel channel;
  private @Nullable Bytes nonce;
  private boolean solving;
  private boolean welcome;
  private boolean ended;

  FreddieConnection(
      NettyEventLoop loop,
      Route route,
      ClientTls tls,
      Identity identity,
      Bytes session,
      Solver solver,
      Owner owner) {
    this.loop = loop;
    this.route = route;
    this.tls = tls;
    this.identity = identity;
    this.session = session;
    this.solver = solver;
    this.owner = owner;
  }

  Route route() {
    return route;
  }

  @Override
  public void start() {
    loop.checkInLoop();
    deadline = loop.schedule(PATIENCE, () -> end("no welcome in " + PATIENCE.toSeconds() + " s"));
    dial =
        RouteDial.start(
            loop,
            loop.socketBootstrap()
                .option(ChannelOption.TCP_NODELAY, true)
                .option(
                    ChannelOption.WRITE_BUFFER_WATER_MARK,
                    new WriteBufferWaterMark(UNREAD_LIMIT / 2, UNREAD_LIMIT)),
            route,
            tls,
            this::prepare,
            new Dialled());
  }

  /** Says {@code signal}; lost unless welcome. */
  void send(Signal signal) {
    if (welcome) {
      write(signal);
    }
  }

  /** Signs {@code advert} for this connection and says it; lost unless welcome. */
  void offer(Advert advert, SealKey seal) {
    Bytes fresh = nonce;
    if (welcome && fresh != null) {
      write(new Signal.Slots(SignedAdvert.of(advert, identity, fresh), seal));
    }
  }

  /** Ends without another word to the owner. */
  @Override
  public void close() {
    ended = true;
    welcome = false;
    if (solving) {
      solving = false;
      solver.leave();
    }
    if (deadline != null) {
      deadline.cancel();
    }
    if (dial != null) {
      dial.close();
    }
  }

  private void end(String why) {
    if (!ended) {
      close();
      owner.ended(this, why);
    }
  }

  private void write(Signal signal) {
    Channel open = channel;
    if (open == null) {
      return;
    }
    byte[] bytes = SignalingCodec.encode(signal).toArray();
    open.writeAndFlush(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(bytes)));
    if (!open.isWritable()) {
      end("it does not read");
    }
  }

  private void onSignal(Signal signal) throws MalformedBytesException {
    if (signal instanceof Signal.Challenge challenge && nonce == null) {
      nonce = challenge.nonce();
      solving = true;
      solver.solve(challenge, solution -> sayHello(challenge, solution));
    } else if (signal instanceof Signal.Welcome granted && nonce != null && !solving && !welcome) {
      welcome = true;
      solver.welcomed();
      if (deadline != null) {
        deadline.cancel();
      }
      owner.welcomed(this, granted.stun());
    } else if (welcome && signal instanceof Signal.Matched matched && !matched.isTrustworthy()) {
      throw new MalformedBytesException("a volunteer's key that the volunteer has not signed");
    } else if (signal instanceof Signal.Refusal || (welcome && isForClients(signal))) {
      owner.said(this, signal);
    } else {
      throw new MalformedBytesException("not what a freddie says now");
    }
  }

  private void sayHello(Signal.Challenge challenge, Optional<Solution> solution) {
    solving = false;
    Bytes signature = identity.sign(Signal.helloProof(challenge.nonce()));
    Optional<Bytes> host = isNear() ? Optional.empty() : challenge.hostSalt().flatMap(HostMark::of);
    write(
        new Signal.Hello(
            Signal.VERSION, identity.nodeId(), signature, solution, host, Optional.of(session)));
  }

  /** A freddie on our own host is somebody's experiment: all who are there mean each other. */
  private boolean isNear() {
    return route.upstream().isEmpty()
        && channel != null
        && channel.remoteAddress() instanceof InetSocketAddress remote
        && remote.getAddress().isLoopbackAddress();
  }

  private static boolean isForClients(Signal signal) {
    return signal instanceof Signal.Matched
        || signal instanceof Signal.Sealed
        || signal instanceof Signal.HangUp;
  }

  private static String reason(Throwable failure) {
    if (failure instanceof UpstreamException) {
      return String.valueOf(failure.getMessage());
    }
    if (failure instanceof UnknownHostException) {
      return "no such host";
    }
    Throwable root = failure.getCause() == null ? failure : failure.getCause();
    if (failure instanceof ConnectException || root instanceof ConnectException) {
      return "cannot connect: connection refused or timed out";
    }
    if (failure instanceof SSLException || root instanceof SSLException) {
      return TlsTrouble.text(failure instanceof SSLException ? failure : root);
    }
    if (failure instanceof WebSocketClientHandshakeException
        || failure instanceof DecoderException) {
      return "not a freddie: " + failure.getMessage();
    }
    return failure.toString();
  }

  private final class Dialled implements TcpDial.Outcome {
    @Override
    public void connected(Channel open) {
      channel = open;
    }

    @Override
    public void failed(Throwable why) {
      end(reason(why));
    }
  }

  private void prepare(ChannelPipeline pipeline) {
    pipeline.addLast(
        // Before the WebSocket's handler, which keeps pongs to itself.
        new IdleStateHandler(SILENCE_SECONDS, PING_SECONDS, 0),
        new HttpClientCodec(),
        new HttpObjectAggregator(8192),
        new WebSocketClientProtocolHandler(
            WebSocketClientProtocolConfig.newBuilder()
                .webSocketUri(route.socket("/v2/signal"))
                .version(WebSocketVersion.V13)
                .maxFramePayloadLength(Signal.SIZE_LIMIT)
                .sendCloseFrame(null) // Never wait for a goodbye to be read.
                .handshakeTimeoutMillis(PATIENCE.toMillis())
                .build()),
        new WebSocketFrameAggregator(Signal.SIZE_LIMIT),
        new Conversation());
  }

  private final class Conversation extends SimpleChannelInboundHandler<BinaryWebSocketFrame> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, BinaryWebSocketFrame frame) {
      if (ended) {
        return;
      }
      try {
        onSignal(SignalingCodec.decode(frame.content().nioBuffer()));
      } catch (MalformedBytesException wrong) {
        end("not a freddie: " + wrong.getMessage());
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof IdleStateEvent idle) {
        if (idle.state() == IdleState.READER_IDLE) {
          end("silent for " + SILENCE_SECONDS + " s");
        } else {
          context.writeAndFlush(new PingWebSocketFrame());
        }
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      end(reason(cause));
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      end("the connection was closed");
    }
  }
}
