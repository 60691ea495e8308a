// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import tollway.admission.FairQueue;
import tollway.bus.Bus;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
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
  /** Where all instances hear, and before the number of one that is meant. */
  private static final String SUBJECT = "tollway.freddie.1.";

  /** Letters that wait for the loop before the next are lost. */
  private static final int UNREAD_LETTERS = 8192;

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
  private final Bus bus;
  private final long self;
  private final Colleagues colleagues;
  private final BusWatch watch;
  private final AtomicInteger unread = new AtomicInteger();
  private final Map<Client, SignalConnection> connections = new HashMap<>();

  /** Who speaks for a process now, as long as it is connected. */
  private final Map<Session, Client> sessions = new HashMap<>();

  private final FairQueue<NodeId, Wanted, Supplier<List<Market.Effect>>> queue =
      new FairQueue<>(WANTED);
  private boolean trading;
  private boolean closed;

  /** One process, whatever connections it has one after the other. */
  private record Session(NodeId node, Bytes id) {}

  /** {@code stun} is what newcomers are told; on {@code bus} are the other instances. */
  MarketHall(NettyEventLoop loop, SecureRandom random, List<String> stun, Bus bus) {
    this.loop = loop;
    this.stun = List.copyOf(stun);
    this.bus = bus;
    self = random.nextLong() | 1; // 0 is nobody's.
    market = new Market(random::nextLong, loop::nanoTime);
    HostSalt salt =
        new HostSalt(loop.now().toEpochMilli(), Bytes.random(random, Signal.NONCE_SIZE));
    colleagues =
        new Colleagues(self, market, salt, new Letters(), random::nextLong, loop::nanoTime);
    watch = new BusWatch(loop::nanoTime);
    loop.every(SWEEP_PERIOD, () -> carryOut(market.sweep()));
    bus.listen(SUBJECT + "all", this::hear);
    bus.listen(SUBJECT + Long.toHexString(self), this::hear);
    loop.execute(this::tick);
    loop.every(Colleagues.TICK, this::tick);
  }

  /** What clients hash the name of their host with. */
  Bytes hostSalt() {
    return colleagues.salt().salt();
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
          colleagues.drain();
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
              if (!closed) {
                colleagues.close();
                closed = true;
              }
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

  /** On a thread of the bus. */
  private void hear(Bytes bytes) {
    if (unread.get() >= UNREAD_LETTERS) {
      watch.dropped(BusWatch.Drop.OVERFLOW);
      return;
    }
    try {
      LetterCodec.decode(bytes)
          .ifPresentOrElse(this::read, () -> watch.dropped(BusWatch.Drop.WRONG_VERSION));
    } catch (MalformedBytesException wrong) {
      watch.dropped(BusWatch.Drop.MALFORMED);
    }
  }

  private void read(Letter letter) {
    unread.incrementAndGet();
    loop.execute(
        () -> {
          unread.decrementAndGet();
          if (!closed) {
            carryOut(colleagues.hear(letter));
          }
        });
  }

  private void tick() {
    if (!closed) {
      carryOut(colleagues.tick(watch.isThere(bus.trouble())));
    }
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
      if (effect.to().isRemote()) {
        colleagues.tell(effect);
        continue;
      }
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
        # TYPE freddie_matches_elsewhere gauge
        freddie_matches_elsewhere %d
        # TYPE freddie_instances gauge
        freddie_instances %d
        """
            .formatted(
                connections.size(),
                market.freeProducerCount(),
                market.waitingCount(),
                queue.size(),
                market.matchCount(),
                market.matchesMade(),
                market.quotaRefusals(),
                market.remoteCount(),
                1 + colleagues.count())
        + watch.text();
  }

  /** How letters leave us; none after the goodbye. */
  private final class Letters implements Colleagues.Post {
    @Override
    public void toAll(Letter.Body body) {
      send("all", body);
    }

    @Override
    public void to(long instance, Letter.Body body) {
      send(Long.toHexString(instance), body);
    }

    private void send(String whom, Letter.Body body) {
      if (!closed) {
        bus.publish(SUBJECT + whom, LetterCodec.encode(new Letter(self, body)));
      }
    }
  }
}
