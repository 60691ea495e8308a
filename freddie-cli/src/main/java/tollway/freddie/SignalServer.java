// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tollway.admission.Solution;
import tollway.bus.Bus;
import tollway.bytes.Bytes;
import tollway.loop.AcceptTrouble;
import tollway.loop.ListenException;
import tollway.loop.NettyEventLoop;
import tollway.loop.NettyLoops;
import tollway.loop.ThreadEventLoop;
import tollway.signaling.Signal;
import tollway.tls.ServerTls;

/**
 * Takes connections and makes their pipelines; what clients say there goes to the market hall.
 * Bounds what all of them together can make us hold.
 */
final class SignalServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SignalServer.class);

  /** A client that does not read is cut off when this much waits for it, in bytes. */
  static final int UNREAD_LIMIT = 256 << 10;

  /** What the system holds for one connection, each way, before we notice anything. */
  private static final int SOCKET_BUFFER = 64 << 10;

  /** Connections beyond the clients: pages for operators, and some who are told that it is full. */
  private static final int SPARE_CONNECTIONS = 64;

  private static final int REQUEST_LIMIT = 4096;

  /** Who is told goodbye may take so long to go, in milliseconds. */
  static final int GOODBYE_MILLIS = 500;

  private final NettyLoops loops;
  private final FreddieConfig.Limits limits;
  private final MarketHall hall;
  private final V1Hall v1;
  private final boolean v1Open;
  private final PollHall polls;
  private final Backlog backlog;
  private final Counters counters = new Counters();
  private final SecureRandom random = new SecureRandom();
  private final Newcomers newcomers = new Newcomers(System::nanoTime);
  private final ThreadEventLoop receptionLoop = new ThreadEventLoop("reception");
  private final Reception reception;
  private final ChannelGroup connections;
  private final AtomicInteger sockets = new AtomicInteger();
  private final AtomicInteger streams = new AtomicInteger();
  private volatile @Nullable ServerTls tls;
  private volatile boolean draining;
  private volatile ListBoard board = new ListBoard();
  private @Nullable Channel listener;

  private SignalServer(
      NettyLoops loops, FreddieConfig.Limits limits, List<String> stunServers, Bus bus) {
    this.loops = loops;
    this.limits = limits;
    backlog = new Backlog(limits.unreadBytes());
    NettyEventLoop home = loops.next();
    hall = new MarketHall(home, random, stunServers, bus);
    reception =
        new Reception(
            receptionLoop,
            Reception.threadTime(),
            () -> Bytes.random(random, Solution.SEED_SIZE),
            limits.leastEffort());
    v1 = new V1Hall(home, limits.v1PerAddress(), limits.unreadBytes());
    v1Open = limits.v1PerAddress() > 0;
    polls = new PollHall(this, limits, random);
    connections = new DefaultChannelGroup(home.netty(), true);
  }

  /** Listens when it returns. Not on a loop: it waits. */
  static SignalServer start(
      NettyLoops loops,
      InetSocketAddress address,
      @Nullable ServerTls tls,
      FreddieConfig.Limits limits,
      List<String> stunServers,
      Bus bus)
      throws ListenException {
    SignalServer server = new SignalServer(loops, limits, stunServers, bus);
    server.tls = tls;
    try {
      Channel listener = ListenException.check(server.bootstrap().bind(address), "TCP", address);
      listener
          .pipeline()
          .addLast(
              new AcceptTrouble(
                  log::warn, HostChecks.neededFiles(limits.clients()), System::nanoTime));
      server.listener = listener;
      return server;
    } catch (ListenException refused) {
      server.receptionLoop.close();
      throw refused;
    }
  }

  /** Where clients connect. */
  InetSocketAddress address() {
    return (InetSocketAddress) Objects.requireNonNull(listener).localAddress();
  }

  /** From now on this is the certificate; connections that are open keep theirs. Any thread. */
  void present(ServerTls now) {
    tls = now;
  }

  /** From now on clients find its list at {@code /v2/list}. Any thread. */
  void show(ListBoard list) {
    board = list;
  }

  /**
   * Sends newcomers away, and pairs nobody any more; completes when those who are paired have told
   * each other how to connect. Any thread.
   */
  CompletableFuture<Void> drain() {
    draining = true;
    return CompletableFuture.allOf(hall.drain(), v1.drain());
  }

  boolean isDraining() {
    return draining;
  }

  /** Who is behind {@code channel}, when a request on it has these headers. Any thread. */
  SocketAddress client(Channel channel, HttpHeaders headers) {
    return limits.fronts().client(channel.remoteAddress(), headers.getAll(Fronts.HEADER));
  }

  MarketHall hall() {
    return hall;
  }

  Reception reception() {
    return reception;
  }

  Newcomers newcomers() {
    return newcomers;
  }

  Counters counters() {
    return counters;
  }

  /** What clients hash the name of their host with. */
  Bytes hostSalt() {
    return hall.hostSalt();
  }

  Backlog backlog() {
    return backlog;
  }

  /** How long a client may take to say who it is. */
  Duration patience() {
    return limits.patience();
  }

  /** Counts a client's connection; whether there is room for it. Any thread. */
  boolean opened() {
    return sockets.incrementAndGet() <= limits.clients();
  }

  /** A connection that was counted has ended. Any thread. */
  void closed() {
    sockets.decrementAndGet();
  }

  /** Hands everything that we count, in the Prometheus text format, to {@code sink}. Any thread. */
  void metrics(Consumer<String> sink) {
    String ours =
        """
        # TYPE freddie_connections gauge
        freddie_connections %d
        # TYPE freddie_unread_bytes gauge
        freddie_unread_bytes %d
        """
                .formatted(connections.size(), backlog.bytes())
            + polls.metrics()
            + board.metrics();
    String newcomersText = reception.metrics();
    hall.metrics(
        text ->
            v1.metrics(more -> sink.accept(ours + newcomersText + text + counters.text() + more)));
  }

  /** Tells every client, then closes everything. Not on a loop: it waits, but not for long. */
  @Override
  public void close() {
    if (listener != null) {
      listener.close().awaitUninterruptibly();
    }
    hall.close(); // First: nobody is told that others leave, who come back as well.
    connections.forEach(channel -> channel.pipeline().fireUserEventTriggered(Fault.STOPPING));
    polls.close();
    connections.newCloseFuture().awaitUninterruptibly(GOODBYE_MILLIS);
    receptionLoop.close();
    // From here on nothing hops between loops: they may end in any order.
    v1.close();
    connections.close().awaitUninterruptibly(GOODBYE_MILLIS);
  }

  private ServerBootstrap bootstrap() {
    return new ServerBootstrap()
        .group(loops.group())
        .channel(loops.serverSocketChannel())
        .option(ChannelOption.SO_BACKLOG, 1024)
        .option(ChannelOption.SO_REUSEADDR, true)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childOption(ChannelOption.SO_SNDBUF, SOCKET_BUFFER)
        .childOption(ChannelOption.SO_RCVBUF, SOCKET_BUFFER)
        .childOption(
            ChannelOption.WRITE_BUFFER_WATER_MARK,
            new WriteBufferWaterMark(UNREAD_LIMIT / 2, UNREAD_LIMIT))
        .childHandler(new Connections());
  }

  private final class Connections extends ChannelInitializer<Channel> {
    @Override
    protected void initChannel(Channel channel) {
      ConnectionGuard guard = new ConnectionGuard(limits.patience(), counters);
      channel.pipeline().addLast(guard);
      connections.add(channel);
      if (connections.size() > limits.clients() + SPARE_CONNECTIONS) {
        guard.cut(Counters.Cut.OVERFULL);
        return;
      }
      if (!limits.fronts().has(channel.remoteAddress())
          && !newcomers.admits(channel.remoteAddress())) {
        guard.cut(Counters.Cut.TOO_OFTEN);
        return;
      }
      ServerTls certificate = tls;
      if (certificate != null) {
        channel.pipeline().addLast(certificate.webContext().newHandler(channel.alloc()));
      }
      Http2Choice.add(
          channel.pipeline(),
          certificate != null,
          (pipeline, http2) -> {
            if (http2) {
              int most = 2 * limits.clients() + SPARE_CONNECTIONS;
              Http2Streams.add(
                  pipeline, guard, streams, most, (one, its) -> serve(one, its, false));
            } else {
              pipeline.addLast(new HttpServerCodec());
              serve(channel, guard, true);
            }
          });
    }

    /** HTTP, of a connection or of a stream; only a connection may become a WebSocket. */
    private void serve(Channel channel, ConnectionGuard guard, boolean sockets) {
      ChannelPipeline pipeline = channel.pipeline();
      pipeline.addLast(
          new PollConnection(SignalServer.this, polls, guard, channel, limits.patience()));
      if (v1Open) {
        pipeline.addLast(
            new V1Connection(SignalServer.this, v1, guard, channel, limits.patience()));
      }
      pipeline.addLast(
          new HttpObjectAggregator(REQUEST_LIMIT),
          new ListPage(board),
          new OperatorPages(SignalServer.this, sockets));
      if (sockets) {
        pipeline.addLast(
            new FrameGate(System::nanoTime),
            new WebSocketServerProtocolHandler(webSocket()),
            new WebSocketFrameAggregator(Signal.SIZE_LIMIT),
            new WebSocketConnection(SignalServer.this, guard, channel, random));
      }
    }

    private WebSocketServerProtocolConfig webSocket() {
      return WebSocketServerProtocolConfig.newBuilder()
          .websocketPath("/v2/signal")
          // We say goodbye ourselves, and never wait for it to be read.
          .sendCloseFrame(null)
          .handleCloseFrames(false)
          .dropPongFrames(true)
          .decoderConfig(
              WebSocketDecoderConfig.newBuilder()
                  .maxFramePayloadLength(Signal.SIZE_LIMIT)
                  .closeOnProtocolViolation(false)
                  .build())
          .build();
    }
  }
}
