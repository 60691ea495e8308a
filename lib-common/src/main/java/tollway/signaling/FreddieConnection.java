// SPDX-License-Identifier: Apache-2.0
package tollway.signaling;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import io.netty.handler.timeout.IdleState;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tollway.admission.Solution;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.identity.Identity;
import tollway.loop.NettyEventLoop;
import tollway.loop.TcpDial;
import tollway.loop.Timer;
import tollway.reach.ClientTls;
import tollway.reach.Route;
import tollway.worker.Redialer;

/**
 * One attempt to reach one freddie, and the conversation that comes of it: over a WebSocket, or in
 * polls where somebody on the way refuses or swallows it. Everything is on the loop.
 *
 * <pre>
 * name ──▶ TCP ──▶ TLS, WebSocket ──challenge──▶ puzzle, hello ──welcome──▶ conversation ──▶ ended
 *   │        │          └──refused, or 5 s gone──▶ poll ──challenge──▲                         ▲
 *   └────────┴──────────┴──────── failure, or 15 s gone ──────────┴────────────────────────────┘
 * </pre>
 */
final class FreddieConnection implements Redialer.Attempt {
  /** What an attempt comes to. */
  interface Owner {
    /** Whether freddie may learn who else is on one host with us. */
    boolean namesHost();

    /** freddie knows us, and told {@code stun}. */
    void welcomed(FreddieConnection connection, List<String> stun);

    /** Anything else that freddie says; before the welcome only a refusal. */
    void said(FreddieConnection connection, Signal signal);

    /** The last word, unless it was the owner who closed. */
    void ended(FreddieConnection connection, String why);
  }

  private static final Duration PATIENCE = Duration.ofSeconds(15);

  /** A WebSocket on which freddie says nothing for so long is swallowed by somebody. */
  private static final Duration SWALLOWED = Duration.ofSeconds(5);

  /** A connection without any word from freddie, not even a pong, is dead after this. */
  private static final int SILENCE_SECONDS = 60;

  private static final int PING_SECONDS = 25;

  private final NettyEventLoop loop;
  private final FreddieDial freddie;
  private final Identity identity;
  private final Bytes session;
  private final Solver solver;
  private final Owner owner;
  private @Nullable Timer deadline;
  private @Nullable Timer impatience;
  private @Nullable TcpDial dial;
  private @Nullable Channel channel;
  private @Nullable Polls polls;

  /** Why the first of the two ways failed. */
  private @Nullable String failure;

  private @Nullable Bytes nonce;
  private final boolean pollFirst;
  private boolean upgraded;
  private boolean solving;
  private boolean welcome;
  private boolean ended;

  /** {@code pollFirst}: that is what worked last. */
  FreddieConnection(
      NettyEventLoop loop,
      Route route,
      ClientTls tls,
      boolean pollFirst,
      Identity identity,
      Bytes session,
      Solver solver,
      Owner owner) {
    this.loop = loop;
    freddie = new FreddieDial(loop, route, tls);
    this.pollFirst = pollFirst;
    this.identity = identity;
    this.session = session;
    this.solver = solver;
    this.owner = owner;
  }

  Route route() {
    return freddie.route();
  }

  /** Whether it came to polls. */
  boolean isPolling() {
    return polls != null;
  }

  @Override
  public void start() {
    loop.checkInLoop();
    deadline = loop.schedule(PATIENCE, this::late);
    if (pollFirst) {
      poll();
    } else {
      openSocket();
    }
  }

  private void late() {
    String by = route().upstream().map(proxy -> ", by the proxy " + proxy).orElse("");
    end("no welcome in " + PATIENCE.toSeconds() + " s" + by);
  }

  private void openSocket() {
    dial = freddie.start(this::prepare, new Dialled());
    if (failure == null) {
      impatience = loop.schedule(SWALLOWED, this::lookWhetherItIsSwallowed);
    }
  }

  private void poll() {
    polls = new Polls(freddie, new Polled());
    polls.start();
  }

  private void lookWhetherItIsSwallowed() {
    if (nonce == null && channel != null) {
      tryOther("no answer to the WebSocket");
    }
  }

  /** The way that was tried first does not work, though somebody answers there. */
  private void tryOther(String why) {
    if (ended) {
      return;
    }
    if (nonce != null) {
      end(why);
    } else if (failure != null) {
      end(failure + "; " + why);
    } else if (polls != null) {
      failure = why;
      polls = null;
      openSocket();
    } else {
      failure = why;
      leaveSocket();
      poll();
    }
  }

  private void leaveSocket() {
    TcpDial left = dial;
    dial = null;
    channel = null;
    if (left != null) {
      left.close();
    }
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
    if (impatience != null) {
      impatience.cancel();
    }
    leaveSocket();
    if (polls != null) {
      polls.close();
    }
  }

  private void end(String why) {
    if (!ended) {
      close();
      owner.ended(this, why);
    }
  }

  private void write(Signal signal) {
    if (polls != null) {
      if (!polls.say(SignalingCodec.encode(signal))) {
        end("it does not read");
      }
      return;
    }
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
    } else if (signal instanceof Signal.Refusal) {
      owner.said(this, signal);
      if (polls != null) {
        end("the connection was closed"); // Nobody else will.
      }
    } else if (welcome && isForClients(signal)) {
      owner.said(this, signal);
    } else {
      throw new MalformedBytesException("not what a freddie says now");
    }
  }

  private void sayHello(Signal.Challenge challenge, Optional<Solution> solution) {
    solving = false;
    Bytes signature = identity.sign(Signal.helloProof(challenge.nonce()));
    Optional<Bytes> host =
        isNear() || !owner.namesHost()
            ? Optional.empty()
            : challenge.hostSalt().flatMap(HostMark::of);
    write(
        new Signal.Hello(
            Signal.VERSION, identity.nodeId(), signature, solution, host, Optional.of(session)));
  }

  /** A freddie on our own host is somebody's experiment: all who are there mean each other. */
  boolean isNear() {
    if (freddie.route().upstream().isPresent()) {
      return false;
    }
    if (polls != null) {
      return polls.isNear();
    }
    return channel != null
        && channel.remoteAddress() instanceof InetSocketAddress remote
        && remote.getAddress().isLoopbackAddress();
  }

  private static boolean isForClients(Signal signal) {
    return signal instanceof Signal.Matched
        || signal instanceof Signal.Sealed
        || signal instanceof Signal.HangUp;
  }

  private void hear(ByteBuffer bytes) {
    try {
      onSignal(SignalingCodec.decode(bytes));
    } catch (MalformedBytesException wrong) {
      end("not a freddie: " + wrong.getMessage());
    }
  }

  private void onFailure(Throwable cause) {
    if (upgraded || FreddieTrouble.isOfTheRoute(cause)) {
      end(FreddieTrouble.text(cause));
    } else {
      tryOther(FreddieTrouble.text(cause));
    }
  }

  private final class Dialled implements TcpDial.Outcome {
    @Override
    public void connected(Channel open) {
      channel = open;
    }

    @Override
    public void failed(Throwable why) {
      end(FreddieTrouble.text(why));
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
                .webSocketUri(freddie.socket("/v2/signal"))
                .version(WebSocketVersion.V13)
                .maxFramePayloadLength(Signal.SIZE_LIMIT)
                .sendCloseFrame(null) // Never wait for a goodbye to be read.
                .handshakeTimeoutMillis(PATIENCE.toMillis())
                .build()),
        new WebSocketFrameAggregator(Signal.SIZE_LIMIT),
        new Conversation());
  }

  private final class Polled implements Polls.Owner {
    @Override
    public void heard(Bytes signal) {
      if (!ended) {
        hear(signal.toBuffer());
      }
    }

    @Override
    public void ended(String why, boolean dialled) {
      if (dialled) {
        tryOther(why);
      } else {
        end(why);
      }
    }
  }

  private final class Conversation extends SimpleChannelInboundHandler<BinaryWebSocketFrame> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, BinaryWebSocketFrame frame) {
      if (isCurrent(context)) {
        hear(frame.content().nioBuffer());
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event == WebSocketClientProtocolHandler.ClientHandshakeStateEvent.HANDSHAKE_COMPLETE) {
        upgraded = true;
      } else if (event instanceof IdleStateEvent idle && isCurrent(context)) {
        if (idle.state() == IdleState.READER_IDLE) {
          end("silent for " + SILENCE_SECONDS + " s");
        } else {
          context.writeAndFlush(new PingWebSocketFrame());
        }
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      if (isCurrent(context)) {
        onFailure(cause);
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      if (isCurrent(context) && upgraded) {
        end("the connection was closed");
      } else if (isCurrent(context)) {
        tryOther("the connection was closed");
      }
    }

    /** Not one that was given up for polls. */
    private boolean isCurrent(ChannelHandlerContext context) {
      return !ended && polls == null && (channel == null || channel == context.channel());
    }
  }
}
