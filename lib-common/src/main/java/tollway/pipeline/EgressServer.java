// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tollway.identity.Identity;
import tollway.loop.ListenException;
import tollway.loop.NettyLoops;
import tollway.session.SessionServer;
import tollway.session.SessionServerConfig;
import tollway.session.TransportKind;
import tollway.tls.ServerTls;

/** The exit of the chain: takes volunteers' WebSockets, ends desktops' sessions, and dials. */
public final class EgressServer implements AutoCloseable {
  private static final int REQUEST_LIMIT = 8192;
  private static final int MOST_UNPROVED = 1024;

  /** Connections besides volunteers: those who do not yet say what they want, or ask for pages. */
  private static final int STRANGERS = 1024;

  private static final long GOODBYE_MILLIS = 1500;

  private final Dialer dialer;
  private final EgressLoad load;
  private final SessionServer sessions;
  private final ChannelGroup sockets = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final PeerCounts peers;
  private final ExitShares shares;
  private final Channel listener;
  private volatile AccessTokens tokens;
  private volatile @Nullable ServerTls tls;

  private EgressServer(NettyLoops loops, Identity identity, EgressConfig config)
      throws ListenException {
    tokens = config.door().tokens();
    tls = config.door().tls().orElse(null);
    dialer = new Dialer(loops, config.policy(), config.nameServer(), config.preamble());
    load = new EgressLoad(config.limits());
    shares = new ExitShares(loops.next(), config.limits());
    peers =
        new PeerCounts(
            config.limits().volunteers() + STRANGERS,
            config.limits().connectionsPerAddress(),
            () -> load.fault(EgressFault.TOO_MANY_CONNECTIONS));
    sessions =
        new SessionServer(
            loops,
            identity,
            new SessionServerConfig(
                config.limits().sessions(),
                config.limits().pathsPerSession(),
                MOST_UNPROVED,
                PathSizes.PACKET,
                PathSizes.FRAME,
                TransportKind.available()),
            new Streams(),
            refusal -> load.fault(EgressFault.of(refusal)));
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loops.group())
            .channel(loops.serverSocketChannel())
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(ChannelOption.SO_BACKLOG, 1024)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, PathSocket.QUEUE)
            .childHandler(new Connections(config))
            .bind(config.door().listen());
    try {
      listener = ListenException.check(bound, "TCP", config.door().listen());
    } catch (ListenException refused) {
      dialer.close();
      throw refused;
    }
  }

  /** Listens when it returns. Not on a loop. */
  public static EgressServer start(NettyLoops loops, Identity identity, EgressConfig config)
      throws ListenException {
    return new EgressServer(loops, identity, config);
  }

  public InetSocketAddress address() {
    return (InetSocketAddress) listener.localAddress();
  }

  /**
   * Takes no new volunteers, sessions, paths or streams; completes when the last stream has ended.
   * Any thread.
   */
  public CompletableFuture<Void> drain() {
    CompletableFuture<Void> drained = load.drain();
    sessions.drain();
    return drained;
  }

  /** From now on volunteers must know one of these; those who do not are cut off. Any thread. */
  public void admit(AccessTokens now) {
    tokens = now;
    for (Channel socket : sockets) {
      AccessTokens.Grant grant = socket.attr(EgressPages.GRANT).get();
      if (grant != null && !now.stillGrant(grant)) {
        socket
            .writeAndFlush(
                new CloseWebSocketFrame(
                    WebSocketCloseStatus.POLICY_VIOLATION, "the token was revoked"))
            .addListener(ChannelFutureListener.CLOSE);
      }
    }
    load.keepTokens(now::holds);
  }

  /** From now on this is the certificate; connections that are open keep theirs. Any thread. */
  public void present(ServerTls now) {
    tls = now;
  }

  /** Says goodbye to every desktop and closes everything, within about two seconds. */
  @Override
  public void close() {
    listener.close().awaitUninterruptibly(GOODBYE_MILLIS);
    try {
      sessions.close().get(GOODBYE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException slow) {
      // They find out by themselves: their paths end below.
    }
    sockets.close().awaitUninterruptibly(GOODBYE_MILLIS);
    dialer.close();
  }

  /** Hands how it is doing to {@code sink}, on one of the loops. */
  public void status(Consumer<EgressStatus> sink) {
    sessions.snapshots(
        all ->
            sink.accept(
                load.status(all.size(), all.stream().mapToInt(one -> one.paths().size()).sum())));
  }

  /** The counters in the Prometheus text format; on one of the loops. */
  void metrics(Consumer<String> sink) {
    sessions.snapshots(all -> sink.accept(load.metrics(peers.connections(), all.size())));
  }

  private final class Streams extends ChannelInitializer<DuplexChannel> {
    @Override
    protected void initChannel(DuplexChannel stream) {
      stream.pipeline().addLast(new ExitStream(dialer, load, SessionShare.of(stream, shares)));
    }
  }

  private final class Connections extends ChannelInitializer<Channel> {
    private final EgressConfig config;

    Connections(EgressConfig config) {
      this.config = config;
    }

    @Override
    protected void initChannel(Channel channel) {
      if (!ConnectionGate.guard(channel, peers, config.door().balancers())) {
        return;
      }
      sockets.add(channel);
      ServerTls certificate = tls;
      if (certificate != null) {
        channel.pipeline().addLast(certificate.context().newHandler(channel.alloc()));
      }
      channel
          .pipeline()
          .addLast(
              new FlushConsolidationHandler(64, true),
              new IdleStateHandler(PathSocket.SILENCE_SECONDS, PathSocket.PING_SECONDS, 0),
              new HttpServerCodec(),
              new HttpObjectAggregator(REQUEST_LIMIT),
              new EgressPages(() -> tokens, load, EgressServer.this::metrics, config.door().page()),
              new WebSocketServerProtocolHandler(
                  WebSocketServerProtocolConfig.newBuilder()
                      .websocketPath(PathSocket.URL_PATH)
                      .subprotocols(PathSocket.SUBPROTOCOL)
                      .maxFramePayloadLength(PathSocket.MESSAGE_LIMIT)
                      .handshakeTimeoutMillis(10_000)
                      .dropPongFrames(true)
                      .build()),
              new VolunteerSocket(
                  sessions, load, () -> tokens, config.limits().pathsPerVolunteer()));
    }
  }
}
