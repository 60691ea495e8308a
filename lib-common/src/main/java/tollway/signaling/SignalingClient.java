// SPDX-License-Identifier: Apache-2.0
package tollway.signaling;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshakeException;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.timeout.IdleState;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.identity.Identity;
import tollway.loop.NettyEventLoop;
import tollway.loop.Timer;

/**
 * Keeps one connection with one of several freddies: reconnects with back-off, tries the addresses
 * in order starting with the one that worked last, and restates slots and wishes when it is back.
 * Every method and callback is on the loop it was made for.
 */
public final class SignalingClient {
  private static final Duration FIRST_RETRY = Duration.ofMillis(250);
  private static final Duration LONGEST_RETRY = Duration.ofSeconds(30);
  private static final int CONNECT_TIMEOUT_MILLIS = 10_000;

  /** A connection without any word from freddie, not even a pong, is dead after this. */
  private static final int SILENCE_SECONDS = 60;

  private static final int PING_SECONDS = 25;

  private final NettyEventLoop loop;
  private final List<URI> freddies;
  private final Identity identity;
  private final SignalingListener listener;
  private final Random jitter = new Random();
  private @Nullable Advert slots;
  private Signal.@Nullable PeerRequest wish;
  private @Nullable Channel channel;
  private @Nullable Bytes nonce;
  private @Nullable Timer retry;
  private boolean welcome;
  private boolean closed;
  private int next;
  private int failures;

  /** {@code freddies} are {@code http}, {@code https}, {@code ws} or {@code wss} addresses. */
  public SignalingClient(
      NettyEventLoop loop, List<URI> freddies, Identity identity, SignalingListener listener) {
    if (freddies.isEmpty()) {
      throw new IllegalArgumentException("no freddie to connect to");
    }
    this.loop = loop;
    this.freddies = List.copyOf(freddies);
    this.identity = identity;
    this.listener = listener;
  }

  /** Begins to connect. */
  public void start() {
    loop.checkInLoop();
    connect();
  }

  /** States what we offer as a producer, now and after every reconnection. */
  public void offerSlots(Advert advert) {
    loop.checkInLoop();
    slots = advert;
    Bytes fresh = nonce;
    if (welcome && fresh != null) {
      write(new Signal.Slots(SignedAdvert.of(advert, identity, fresh)));
    }
  }

  /** States how many peers we want beyond those we have; replaces an earlier wish. */
  public void requestPeers(Signal.PeerRequest request) {
    loop.checkInLoop();
    wish = request.count() == 0 ? null : request;
    if (welcome) {
      write(request);
    }
  }

  /** Sends an offer or answer, a candidate or a hang-up; lost when there is no connection. */
  public void send(Signal signal) {
    loop.checkInLoop();
    if (welcome) {
      write(signal);
    }
  }

  /** Says goodbye and does not come back. */
  public void close() {
    loop.checkInLoop();
    closed = true;
    if (retry != null) {
      retry.cancel();
    }
    if (channel != null) {
      channel.close();
    }
  }

  private void connect() {
    if (closed) {
      return;
    }
    URI freddie = freddies.get(next % freddies.size());
    boolean secure = "https".equals(freddie.getScheme()) || "wss".equals(freddie.getScheme());
    int port = freddie.getPort() >= 0 ? freddie.getPort() : secure ? 443 : 80;
    loop.socketBootstrap()
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
        .option(ChannelOption.TCP_NODELAY, true)
        .handler(new Pipeline(freddie, secure, port))
        .connect(freddie.getHost(), port)
        .addListener(
            (ChannelFuture done) -> {
              if (done.isSuccess()) {
                channel = done.channel();
                if (closed) {
                  done.channel().close();
                }
              } else {
                lost(freddie, reason(done.cause()));
              }
            });
  }

  private void lost(URI freddie, String why) {
    channel = null;
    nonce = null;
    boolean worked = welcome;
    welcome = false;
    if (closed) {
      return;
    }
    // What worked is tried first again; what did not makes room for the next.
    if (worked) {
      failures = 0;
    } else {
      next++;
      failures++;
    }
    listener.disconnected(freddie + ": " + why);
    long base =
        Math.min(
            FIRST_RETRY.toMillis() << Math.min(failures / freddies.size(), 10),
            LONGEST_RETRY.toMillis());
    retry =
        loop.schedule(Duration.ofMillis(base / 2 + jitter.nextLong(base / 2 + 1)), this::connect);
  }

  private void write(Signal signal) {
    Channel open = channel;
    if (open != null) {
      byte[] bytes = SignalingCodec.encode(signal).toArray();
      open.writeAndFlush(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(bytes)));
    }
  }

  private void onSignal(Signal signal) throws MalformedBytesException {
    if (signal instanceof Signal.Challenge challenge) {
      if (nonce != null) {
        throw new MalformedBytesException("a second challenge");
      }
      nonce = challenge.nonce();
      Bytes signature = identity.sign(Signal.helloProof(challenge.nonce()));
      write(new Signal.Hello(Signal.VERSION, identity.nodeId(), signature));
    } else if (signal instanceof Signal.Welcome granted) {
      welcome = true;
      failures = 0;
      listener.connected(granted.stun());
      Optional.ofNullable(slots).ifPresent(this::offerSlots);
      Optional.ofNullable(wish).ifPresent(this::requestPeers);
    } else if (signal instanceof Signal.Matched matched) {
      listener.matched(matched);
    } else if (signal instanceof Signal.Description description) {
      listener.description(description);
    } else if (signal instanceof Signal.Candidate candidate) {
      listener.candidate(candidate);
    } else if (signal instanceof Signal.HangUp hangUp) {
      listener.hungUp(hangUp);
    } else if (signal instanceof Signal.Refusal refusal) {
      listener.refused(refusal);
    } else {
      throw new MalformedBytesException("not for a client");
    }
  }

  private static String reason(Throwable failure) {
    Throwable root = failure.getCause() == null ? failure : failure.getCause();
    if (failure instanceof ConnectException || root instanceof ConnectException) {
      return "cannot connect: connection refused or timed out";
    }
    if (failure instanceof UnknownHostException) {
      return "no such host";
    }
    if (root instanceof SSLException) {
      return "TLS failed: " + root.getMessage();
    }
    if (failure instanceof WebSocketClientHandshakeException) {
      return "not a freddie: " + failure.getMessage();
    }
    return failure.toString();
  }

  private final class Pipeline extends ChannelInitializer<Channel> {
    private final URI freddie;
    private final boolean secure;
    private final int port;

    Pipeline(URI freddie, boolean secure, int port) {
      this.freddie = freddie;
      this.secure = secure;
      this.port = port;
    }

    @Override
    protected void initChannel(Channel fresh) throws SSLException {
      ChannelPipeline pipeline = fresh.pipeline();
      if (secure) {
        pipeline.addLast(
            SslContextBuilder.forClient()
                .build()
                .newHandler(fresh.alloc(), freddie.getHost(), port));
      }
      URI socket =
          URI.create(
              (secure ? "wss://" : "ws://")
                  + freddie.getRawAuthority()
                  + Optional.ofNullable(freddie.getRawPath()).orElse("").replaceFirst("/$", "")
                  + "/v2/signal");
      pipeline.addLast(
          new HttpClientCodec(),
          new HttpObjectAggregator(8192),
          new WebSocketClientProtocolHandler(
              WebSocketClientProtocolConfig.newBuilder()
                  .webSocketUri(socket)
                  .version(WebSocketVersion.V13)
                  .customHeaders(new DefaultHttpHeaders())
                  .maxFramePayloadLength(Signal.SIZE_LIMIT)
                  .handshakeTimeoutMillis(CONNECT_TIMEOUT_MILLIS)
                  .build()),
          new IdleStateHandler(SILENCE_SECONDS, PING_SECONDS, 0),
          new Conversation(freddie));
    }
  }

  /** One connection, from its WebSocket handshake to its end. */
  private final class Conversation extends SimpleChannelInboundHandler<BinaryWebSocketFrame> {
    private final URI freddie;
    private String why = "the connection was closed";

    Conversation(URI freddie) {
      this.freddie = freddie;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, BinaryWebSocketFrame frame) {
      try {
        onSignal(SignalingCodec.decode(frame.content().nioBuffer()));
      } catch (MalformedBytesException wrong) {
        why = "not a freddie: " + wrong.getMessage();
        context.close();
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event == ClientHandshakeStateEvent.HANDSHAKE_TIMEOUT) {
        why = "no WebSocket handshake in time";
        context.close();
      } else if (event instanceof IdleStateEvent idle) {
        if (idle.state() == IdleState.READER_IDLE) {
          why = "silent for " + SILENCE_SECONDS + " s";
          context.close();
        } else {
          context.writeAndFlush(new PingWebSocketFrame());
        }
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      why = reason(cause);
      context.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      lost(freddie, why);
    }
  }
}
