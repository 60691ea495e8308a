// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tollway.loop.NettyEventLoop;

/** Where the connections of Unbounded clients meet: owns their market on one loop. Any thread. */
final class V1Hall {
  /** How late a wait may end. */
  private static final Duration SWEEP_PERIOD = Duration.ofMillis(50);

  private final NettyEventLoop loop;
  private final V1Market market;
  private final V1Crowd crowd;
  private final V1Offers offers = new V1Offers(System::nanoTime);
  private final Backlog held;
  private final V1Counters counters = new V1Counters();
  private @Nullable CompletableFuture<Void> quiet;
  private boolean closed;

  /**
   * @param perSite connections that one site may have
   * @param heldBytes what requests may hold, together
   */
  V1Hall(NettyEventLoop loop, int perSite, long heldBytes) {
    this.loop = loop;
    crowd = new V1Crowd(perSite);
    held = new Backlog(heldBytes);
    market = new V1Market(loop::nanoTime);
    loop.every(SWEEP_PERIOD, this::sweep);
  }

  V1Crowd crowd() {
    return crowd;
  }

  V1Offers offers() {
    return offers;
  }

  V1Counters counters() {
    return counters;
  }

  /** How much the requests hold that have not been answered. */
  Backlog held() {
    return held;
  }

  void listens(V1Exchange.Listening consumer) {
    trade(() -> market.listens(consumer));
  }

  void posts(V1Exchange.Posted post) {
    trade(() -> market.posts(post));
  }

  /** Whoever waits has gone. */
  void leaves(V1Exchange exchange) {
    trade(() -> market.leaves(exchange));
  }

  /** Nobody hears of anybody any more; completes when the handshakes have ended. */
  CompletableFuture<Void> drain() {
    CompletableFuture<Void> drained = new CompletableFuture<>();
    loop.execute(
        () -> {
          carryOut(market.drain());
          quiet = drained;
          sweep();
        });
    return drained;
  }

  /** Nobody is told anything after this. Not on a loop: it waits. */
  void close() {
    loop.netty().submit(() -> closed = true).awaitUninterruptibly();
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

  private void sweep() {
    carryOut(market.sweep());
    if (quiet != null && market.handshakeCount() == 0) {
      quiet.complete(null);
    }
  }

  private void trade(Supplier<List<V1Market.Effect>> decision) {
    loop.execute(() -> carryOut(decision.get()));
  }

  private void carryOut(List<V1Market.Effect> effects) {
    if (closed) {
      return;
    }
    for (V1Market.Effect effect : effects) {
      if (effect instanceof V1Market.Effect.Line line) {
        line.to().caller.hears(line.to(), line.bytes());
      } else if (effect instanceof V1Market.Effect.End end) {
        end.to().caller.ends(end.to(), end.status(), end.body());
      }
    }
  }

  private String text() {
    return """
        # TYPE freddie_v1_connections gauge
        freddie_v1_connections %d
        # TYPE freddie_v1_held_bytes gauge
        freddie_v1_held_bytes %d
        # TYPE freddie_v1_consumers_waiting gauge
        freddie_v1_consumers_waiting %d
        # TYPE freddie_v1_producers_free gauge
        freddie_v1_producers_free %d
        # TYPE freddie_v1_handshakes gauge
        freddie_v1_handshakes %d
        # TYPE freddie_v1_matches_made_total counter
        freddie_v1_matches_made_total %d
        # TYPE freddie_v1_handshakes_ended_total counter
        freddie_v1_handshakes_ended_total %d
        # TYPE freddie_v1_genesis_unused_total counter
        freddie_v1_genesis_unused_total %d
        """
            .formatted(
                crowd.connections(),
                held.bytes(),
                market.listeningCount(),
                market.genesisCount(),
                market.handshakeCount(),
                market.matches(),
                market.handshakes(),
                market.unused())
        + counters.text();
  }
}
