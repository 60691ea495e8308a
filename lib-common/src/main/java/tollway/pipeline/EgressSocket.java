// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshakeException;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.timeout.IdleState;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import tollway.loop.NettyEventLoop;
import tollway.loop.Timer;
import tollway.onward.Onward;

/**
 * A volunteer's WebSocket to one egress, kept open so that a match costs no dial; reconnects by
 * itself. Every method and callback is on its loop.
 */
final class EgressSocket implements Onward {
  /** What the socket tells its owner. */
  interface Listener {
    void up();

    /** The connection has ended, and its paths with it, or did not come to be. */
    void down(String why);
  }

  private static final Duration FIRST_RETRY = Duration.ofMillis(250);
  private static final Duration LONGEST_RETRY = Duration.ofSeconds(15);
  private static final int CONNECT_TIMEOUT_MILLIS = 10_000;
  private static final int RESPONSE_LIMIT = 8192;

  private final NettyEventLoop loop;
  private final List<URI> urls;
  private final Optional<String> token;
  private final TrustedRoots roots;
  private final Listener listener;
  private final Random jitter = new Random();
  private final IntObjectMap<PathListener> paths = new IntObjectHashMap<>();
  private @Nullable Channel socket;
  private @Nullable SslContext tls;
  private @Nullable Timer retry;
  private int nextUrl;
  private int nextPath;
  private int failures;
  private boolean up;
  private boolean closed;

  EgressSocket(
      NettyEventLoop loop,
      List<URI> urls,
      Optional<String> token,
      TrustedRoots roots,
      Listener listener) {
    this.loop = loop;
    this.urls = urls;
    this.token = token;
    this.roots = roots;
    this.listener = listener;
  }

  void start() {
    loop.checkInLoop();
    connect();
  }

  @Override
  public boolean isUp() {
    return up;
  }

  @Override
  public int open(PathListener path) {
    loop.checkInLoop();
    Channel open = socket;
    if (!up || open == null) {
      throw new IllegalStateException("the egress is not connected");
    }
    do {
      nextPath++;
    } while (paths.containsKey(nextPath));
    paths.put(nextPath, path);
    PathSocket.control(open, nextPath, PathSocket.OPEN);
    return nextPath;
  }

  @Override
  public boolean send(int path, ByteBuf frame) {
    Channel open = socket;
    // A volunteer passes everything on but the socket's own frames, which are not the peer's to
    // use.
    if (open == null || !up || !isForEgress(frame)) {
      frame.release();
      return false;
    }
    return PathSocket.offer(open, path, frame);
  }

  @Override
  public void closePath(int path) {
    loop.checkInLoop();
    Channel open = socket;
    if (paths.remove(path) != null && open != null && up) {
      PathSocket.control(open, path, PathSocket.CLOSE);
    }
  }

  void close() {
    loop.checkInLoop();
    closed = true;
    if (retry != null) {
      retry.cancel();
    }
    if (socket != null) {
      socket.close();
    }
  }

  private static boolean isForEgress(ByteBuf frame) {
    int size = frame.readableBytes();
    return size > 0
        && size <= PathSocket.FRAME_LIMIT
        && frame.getUnsignedByte(frame.readerIndex()) < PathSocket.OPEN;
  }

  private void connect() {
    if (closed) {
      return;
    }
    URI url = urls.get(nextUrl % urls.size());
    boolean secure = "wss".equalsIgnoreCase(url.getScheme());
    int port = url.getPort() >= 0 ? url.getPort() : secure ? 443 : 80;
    loop.socketBootstrap()
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.WRITE_BUFFER_WATER_MARK, PathSocket.QUEUE)
        .handler(new Pipeline(url, secure, port))
        .connect(url.getHost().replaceFirst("^\\[(.*)]$", "$1"), port)
        .addListener(
            (ChannelFuture done) -> {
              if (!done.isSuccess()) {
                lost(url + ": " + NetworkErrors.text(done.cause()));
              } else if (closed) {
                done.channel().close();
              } else {
                socket = done.channel();
              }
            });
  }

  private SslContext tls() throws SSLException {
    SslContext known = tls;
    if (known == null) {
      known = roots.client();
      tls = known;
    }
    return known;
  }

  private void lost(String why) {
    socket = null;
    failures = up ? 0 : failures + 1;
    nextUrl += up ? 0 : 1;
    up = false;
    List<PathListener> orphans = List.copyOf(paths.values());
    paths.clear();
    orphans.forEach(PathListener::lost);
    if (closed) {
      return;
    }
    listener.down(why);
    long base =
        Math.min(
            FIRST_RETRY.toMillis() << Math.min(failures / urls.size(), 8),
            LONGEST_RETRY.toMillis());
    retry =
        loop.schedule(Duration.ofMillis(base / 2 + jitter.nextLong(base / 2 + 1)), this::connect);
  }

  private void received(ByteBuf message) {
    int id = message.readInt();
    PathListener path = paths.get(id);
    if (path == null) {
      return; // Just closed: the egress does not know yet.
    }
    if (message.getUnsignedByte(message.readerIndex()) == PathSocket.CLOSE) {
      paths.remove(id);
      path.closed();
    } else {
      path.frame(message.retain());
    }
  }

  private final class Pipeline extends ChannelInitializer<Channel> {
    private final URI url;
    private final boolean secure;
    private final int port;

    Pipeline(URI url, boolean secure, int port) {
      this.url = url;
      this.secure = secure;
      this.port = port;
    }

    @Override
    protected void initChannel(Channel fresh) throws SSLException {
      ChannelPipeline pipeline = fresh.pipeline();
      pipeline.addLast(new FlushConsolidationHandler(64, true));
      if (secure) {
        pipeline.addLast(tls().newHandler(fresh.alloc(), url.getHost(), port));
      }
      HttpHeaders headers = new DefaultHttpHeaders();
      token.ifPresent(secret -> headers.set(HttpHeaderNames.AUTHORIZATION, "Bearer " + secret));
      URI paths =
          URI.create(
              (secure ? "wss://" : "ws://")
                  + url.getRawAuthority()
                  + Optional.ofNullable(url.getRawPath()).orElse("").replaceFirst("/+$", "")
                  + PathSocket.URL_PATH);
      pipeline.addLast(
          new IdleStateHandler(PathSocket.SILENCE_SECONDS, PathSocket.PING_SECONDS, 0),
          new HttpClientCodec(),
          new HttpObjectAggregator(RESPONSE_LIMIT),
          new WebSocketClientProtocolHandler(
              WebSocketClientProtocolConfig.newBuilder()
                  .webSocketUri(paths)
                  .version(WebSocketVersion.V13)
                  .customHeaders(headers)
                  .maxFramePayloadLength(PathSocket.MESSAGE_LIMIT)
                  .handshakeTimeoutMillis(CONNECT_TIMEOUT_MILLIS)
                  .build()),
          new Conversation(url));
    }
  }

  /** One connection, from its WebSocket handshake to its end. */
  private final class Conversation extends SimpleChannelInboundHandler<BinaryWebSocketFrame> {
    private final URI url;
    private String why = "the connection was closed";

    Conversation(URI url) {
      this.url = url;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, BinaryWebSocketFrame frame) {
      if (frame.isFinalFragment() && frame.content().readableBytes() > PathSocket.ID_SIZE) {
        received(frame.content());
      } else {
        why = "not an egress: a broken frame";
        context.close();
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event == ClientHandshakeStateEvent.HANDSHAKE_COMPLETE) {
        up = true;
        failures = 0;
        listener.up();
      } else if (event == ClientHandshakeStateEvent.HANDSHAKE_TIMEOUT) {
        why = "no WebSocket handshake in time";
        context.close();
      } else if (event instanceof IdleStateEvent idle) {
        if (idle.state() == IdleState.READER_IDLE) {
          why = "silent for " + PathSocket.SILENCE_SECONDS + " s";
          context.close();
        } else if (up) {
          context.writeAndFlush(new PingWebSocketFrame());
        }
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      why =
          cause instanceof WebSocketClientHandshakeException
              ? "not an egress, or the token is wrong: " + cause.getMessage()
              : NetworkErrors.text(cause);
      context.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      lost(url + ": " + why);
    }
  }
}
