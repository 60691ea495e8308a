// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import tollway.admission.FairQueue;
import tollway.bytes.Bytes;
import tollway.identity.NodeId;
import tollway.loop.NettyEventLoop;
import tollway.signaling.Advert;
import tollway.signaling.SealKey;
import tollway.signaling.Signal;

/**
 * Where the connections' loops meet: owns the market on one loop, and knows by which connection
 * each client is reached. When more is wanted than it can do, identities take turns, and what one
 * wants anew replaces what it wanted before. Every method may be called from any thread.
 */
final class MarketHall {
  private static final Duration SWEEP_PERIOD = Duration.ofSeconds(1);

  /** How often it is looked whether all is quiet. */
  private static final Duration LOOK = Duration.ofMillis(50);

  /** What one identity may want at once: slots and peers, and onwards for each of its matches. */
  private static final int WANTED = 64;

  /** Trades so long at a time, then leaves the loop to others, who get 15 % of it. */
  private static final long TRADING_NANOS = 5_000_000;

  private static final Duration PAUSE = Duration.ofNanos(TRADING_NANOS * 15 / 85);

  private enum Kind {
    SLOTS,
    PEERS,
    ONWARDS
  }

  /** What a later word of the client is about, too. */
  private record Wanted(Client client, Kind kind, long match) {}

  private final NettyEventLoop loop;
  private final List<String> stun;
  private final Market market;
  private final Map<Client, SignalConnection> connections = new HashMap<>();

  /** Who speaks for a process now, as long as it is connected. */
  private final Map<Session, Client> sessions = new HashMap<>();

  private final FairQueue<NodeId, Wanted, Supplier<List<Market.Effect>>> queue =
      new FairQueue<>(WANTED);
  private boolean trading;
  private boolean closed;

  /** One process, whatever connections it has one after the other. */
  private record Session(NodeId node, Bytes id) {}

  /** {@code stun} is what newcomers are told. */
  MarketHall(NettyEventLoop loop, SecureRandom random, List<String> stun) {
    this.loop = loop;
    this.stun = List.copyOf(stun);
    market = new Market(random::nextLong, loop::nanoTime);
    loop.every(SWEEP_PERIOD, () -> carryOut(market.sweep()));
  }

  /**
   * A client has proved who it is, and may do business from now on. What it said in the same
   * session by another connection is over: it lost that one, and freddie may not know yet.
   */
  void enters(Client client, SignalConnection connection) {
    loop.execute(
        () -> {
          if (!closed) {
            Client former = session(client).map(key -> sessions.put(key, client)).orElse(null);
            if (former != null) {
              Optional.ofNullable(connections.get(former)).ifPresent(SignalConnection::replaced);
              carryOut(gone(former));
            }
            connections.put(client, connection);
            connection.send(new Signal.Welcome(stun));
          }
        });
  }

  /** {@code advert} and {@code seal} are the client's own: the signatures were checked. */
  void offers(Client client, Advert advert, SealKey seal) {
    trade(
        new Wanted(client, Kind.SLOTS, 0),
        () -> {
          client.seal = seal;
          return market.offers(client, advert);
        });
  }

  void wishes(Client client, Signal.PeerRequest request) {
    trade(new Wanted(client, Kind.PEERS, 0), () -> market.wishes(client, request));
  }

  void wishesOnwards(Client client, Signal.OnwardRequest request) {
    trade(
        new Wanted(client, Kind.ONWARDS, request.match()),
        () -> market.wishesOnwards(client, request));
  }

  void hangsUp(Client client, Signal.HangUp hangUp) {
    atOnce(() -> market.hangsUp(client, hangUp));
  }

  void relays(Client client, long match, Signal signal) {
    atOnce(() -> market.relays(client, match, signal));
  }

  void leaves(Client client) {
    atOnce(() -> gone(client));
  }

  /** Pairs nobody any more; completes when those who are paired have said what they had to say. */
  CompletableFuture<Void> drain() {
    CompletableFuture<Void> quiet = new CompletableFuture<>();
    loop.execute(
        () -> {
          market.drain();
          look(quiet);
        });
    return quiet;
  }

  /** Nobody is told anything after this. Not on a loop: it waits. */
  void close() {
    loop.netty()
        .submit(
            () -> {
              connections.clear();
              closed = true;
            })
        .awaitUninterruptibly();
  }

  /** Hands the market's gauges and counters, in the Prometheus text format, to {@code sink}. */
  void metrics(Consumer<String> sink) {
    loop.execute(
        () -> {
          if (!closed) {
            sink.accept(text());
          }
        });
  }

  private static Optional<Session> session(Client client) {
    return client.session.map(id -> new Session(client.node(), id));
  }

  private List<Market.Effect> gone(Client client) {
    session(client).ifPresent(key -> sessions.remove(key, client));
    connections.remove(client);
    queue.forget(client.node(), wanted -> wanted.client() == client);
    return market.leaves(client);
  }

  private void look(CompletableFuture<Void> quiet) {
    if (market.isTalking()) {
      loop.schedule(LOOK, () -> look(quiet));
    } else {
      quiet.complete(null);
    }
  }

  private void atOnce(Supplier<List<Market.Effect>> decision) {
    loop.execute(() -> carryOut(decision.get()));
  }

  private void trade(Wanted wanted, Supplier<List<Market.Effect>> decision) {
    loop.execute(
        () -> {
          Client client = wanted.client();
          SignalConnection connection = connections.get(client);
          if (connection != null && !queue.offer(client.node(), wanted, decision)) {
            connection.fault(Fault.TOO_FAST);
          }
          if (!trading) {
            trading = true;
            loop.execute(this::trade); // After those who have come already.
          }
        });
  }

  private void trade() {
    long begun = loop.nanoTime();
    while (queue.size() > 0) {
      if (loop.nanoTime() - begun > TRADING_NANOS) {
        loop.schedule(PAUSE, this::trade);
        return;
      }
      Supplier<List<Market.Effect>> next = queue.poll();
      if (next != null) {
        carryOut(next.get());
      }
    }
    trading = false;
  }

  private void carryOut(List<Market.Effect> effects) {
    for (Market.Effect effect : effects) {
      SignalConnection connection = connections.get(effect.to());
      if (connection != null) {
        connection.send(effect.signal());
      }
    }
  }

  private String text() {
    return """
        # TYPE freddie_clients gauge
        freddie_clients %d
        # TYPE freddie_producers_free gauge
        freddie_producers_free %d
        # TYPE freddie_consumers_waiting gauge
        freddie_consumers_waiting %d
        # TYPE freddie_requests_waiting gauge
        freddie_requests_waiting %d
        # TYPE freddie_matches gauge
        freddie_matches %d
        # TYPE freddie_matches_made_total counter
        freddie_matches_made_total %d
        # TYPE freddie_quota_refusals_total counter
        freddie_quota_refusals_total %d
        """
        .formatted(
            connections.size(),
            market.freeProducerCount(),
            market.waitingCount(),
            queue.size(),
            market.matchCount(),
            market.matchesMade(),
            market.quotaRefusals());
  }
}
