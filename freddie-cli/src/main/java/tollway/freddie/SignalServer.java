// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tollway.bytes.MalformedBytesException;
import tollway.loop.NettyEventLoop;
import tollway.loop.NettyLoops;
import tollway.signaling.Advert;
import tollway.signaling.Signal;

/**
 * The market behind a WebSocket. Connections live on their own loops and check who they talk to;
 * the market and the table of clients are owned by one loop, {@code home}.
 */
final class SignalServer {
  /** A client that does not read is cut off when this much waits for it, in bytes. */
  private static final int UNREAD_LIMIT = 256 << 10;

  private static final int REQUEST_LIMIT = 4096;
  private static final long GOODBYE_MILLIS = 1000;
  private static final int SILENCE_SECONDS = 75;

  private final NettyLoops loops;
  private final NettyEventLoop home;
  private final int maxClients;
  private final SecureRandom random = new SecureRandom();
  private final Market market;

  // Owned by home.
  private final Map<SignalConnection, Market.Client> clients = new HashMap<>();
  private final Map<Market.Client, SignalConnection> connections = new HashMap<>();
  private List<String> stun = List.of();
  private int open;
  private long refusedCount;

  private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private @Nullable Channel listener;

  SignalServer(NettyLoops loops, int maxClients) {
    this.loops = loops;
    this.maxClients = maxClients;
    home = loops.next();
    market = new Market(random::nextLong, home::nanoTime);
  }

  /** Listens on {@code address}; the address really bound. Not on a loop: it waits. */
  InetSocketAddress bind(InetSocketAddress address, List<String> stunServers) throws IOException {
    home.execute(() -> stun = List.copyOf(stunServers));
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loops.group())
            .channel(loops.serverSocketChannel())
            .option(ChannelOption.SO_BACKLOG, 1024)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(
                ChannelOption.WRITE_BUFFER_WATER_MARK,
                new WriteBufferWaterMark(UNREAD_LIMIT / 2, UNREAD_LIMIT))
            .childHandler(new Connections())
            .bind(address)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException(
          "cannot listen on %s:%d: %s"
              .formatted(address.getHostString(), address.getPort(), bound.cause().getMessage()),
          bound.cause());
    }
    listener = bound.channel();
    return (InetSocketAddress) bound.channel().localAddress();
  }

  /** Takes no more connections, tells every client and closes them. Not on a loop: it waits. */
  void close() {
    if (listener != null) {
      listener.close().awaitUninterruptibly(GOODBYE_MILLIS);
    }
    CountDownLatch told = new CountDownLatch(1);
    home.execute(
        () -> {
          for (SignalConnection connection : List.copyOf(clients.keySet())) {
            connection.refuse(
                new Signal.Refusal(Signal.Code.STOPPING, 1, "this freddie is stopping"));
          }
          told.countDown();
        });
    try {
      told.await(GOODBYE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
    // Behind the goodbyes, which the channels' own loops write.
    channels.newCloseFuture().awaitUninterruptibly(GOODBYE_MILLIS / 4);
    channels.close().awaitUninterruptibly(GOODBYE_MILLIS);
  }

  NettyEventLoop home() {
    return home;
  }

  /** A WebSocket was opened. Any thread. */
  void opened(SignalConnection connection) {
    home.execute(
        () -> {
          open++;
          if (open > maxClients) {
            refusedCount++;
            connection.refuse(new Signal.Refusal(Signal.Code.TOO_MANY, 30, "this freddie is full"));
          }
        });
  }

  /** The client behind a connection has proved its identity. Any thread. */
  void proved(SignalConnection connection, Market.Client client) {
    home.execute(
        () -> {
          clients.put(connection, client);
          connections.put(client, connection);
          connection.send(new Signal.Welcome(stun));
        });
  }

  /** A proved client said something. Any thread. */
  void said(SignalConnection connection, Signal signal) {
    home.execute(
        () -> {
          Market.Client client = clients.get(connection);
          if (client == null) {
            return;
          }
          if (signal instanceof Signal.Slots slots) {
            advertised(connection, client, slots);
          } else if (signal instanceof Signal.PeerRequest request) {
            carryOut(market.wishes(client, request));
          } else if (signal instanceof Signal.HangUp hangUp) {
            carryOut(market.hangsUp(client, hangUp));
          } else if (signal instanceof Signal.Description description) {
            carryOut(market.relays(client, description.match(), description));
          } else if (signal instanceof Signal.Candidate candidate) {
            carryOut(market.relays(client, candidate.match(), candidate));
          } else {
            connection.refuse(new Signal.Refusal(Signal.Code.BAD_MESSAGE, 0, "not for a freddie"));
          }
        });
  }

  /** A WebSocket has ended. Any thread. */
  void closed(SignalConnection connection) {
    home.execute(
        () -> {
          open--;
          Market.Client client = clients.remove(connection);
          if (client != null) {
            connections.remove(client);
            carryOut(market.leaves(client));
          }
        });
  }

  /** The counters in the Prometheus text format. On home. */
  String metrics() {
    home.checkInLoop();
    return """
        # TYPE freddie_connections gauge
        freddie_connections %d
        # TYPE freddie_clients gauge
        freddie_clients %d
        # TYPE freddie_producers_free gauge
        freddie_producers_free %d
        # TYPE freddie_consumers_waiting gauge
        freddie_consumers_waiting %d
        # TYPE freddie_matches gauge
        freddie_matches %d
        # TYPE freddie_matches_made_total counter
        freddie_matches_made_total %d
        # TYPE freddie_refused_connections_total counter
        freddie_refused_connections_total %d
        """
        .formatted(
            open,
            clients.size(),
            market.freeProducerCount(),
            market.waitingCount(),
            market.matchCount(),
            market.matchesMade(),
            refusedCount);
  }

  private void advertised(SignalConnection connection, Market.Client client, Signal.Slots slots) {
    try {
      Advert advert = slots.advert().verified(client.node(), connection.nonce());
      carryOut(market.offers(client, advert));
    } catch (MalformedBytesException wrong) {
      connection.refuse(
          new Signal.Refusal(Signal.Code.BAD_PROOF, 0, "the advert's signature does not verify"));
    }
  }

  private void carryOut(List<Market.Effect> effects) {
    for (Market.Effect effect : effects) {
      SignalConnection connection = connections.get(effect.to());
      if (connection != null) {
        connection.send(effect.signal());
      }
    }
  }

  private final class Connections extends ChannelInitializer<Channel> {
    @Override
    protected void initChannel(Channel channel) {
      channels.add(channel);
      channel
          .pipeline()
          .addLast(
              new IdleStateHandler(SILENCE_SECONDS, 0, 0),
              new HttpServerCodec(),
              new HttpObjectAggregator(REQUEST_LIMIT),
              new OperatorPages(SignalServer.this),
              new WebSocketServerProtocolHandler(
                  WebSocketServerProtocolConfig.newBuilder()
                      .websocketPath("/v2/signal")
                      .maxFramePayloadLength(Signal.SIZE_LIMIT)
                      .handshakeTimeoutMillis(Duration.ofSeconds(10).toMillis())
                      .dropPongFrames(true)
                      .build()),
              new SignalConnection(SignalServer.this, random));
    }
  }
}
