// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tollway.cli.Version;
import tollway.control.ControlHandler;
import tollway.firewall.Firewall;
import tollway.loop.EventLoop;
import tollway.metrics.MetricsSource;
import tollway.metrics.Sample;
import tollway.neighbor.Drop;
import tollway.neighbor.Neighbor;
import tollway.neighbor.NeighborState;
import tollway.neighbor.Neighborhood;
import tollway.tunnel.TunnelStatus;

/**
 * What the node measures. Only neighbours with a tunnel get lines of their own: strangers must not
 * make the page grow.
 */
final class NodeMetrics implements MetricsSource {
  private final EventLoop loop;
  private final EventLoop os;
  private final String backend;
  private final Neighborhood neighborhood;
  private final TunnelKeeper keeper;
  private final Supplier<Optional<Firewall.Counters>> counters;
  private final Shares shares;

  NodeMetrics(
      EventLoop loop,
      EventLoop os,
      String backend,
      Neighborhood neighborhood,
      TunnelKeeper keeper,
      Supplier<Optional<Firewall.Counters>> counters,
      Shares shares) {
    this.loop = loop;
    this.os = os;
    this.backend = backend;
    this.neighborhood = neighborhood;
    this.keeper = keeper;
    this.counters = counters;
    this.shares = shares;
  }

  @Override
  public void measure(Consumer<List<Sample>> done) {
    List<Sample> samples = new ArrayList<>();
    long asked = loop.nanoTime();
    os.execute(
        () -> {
          samples.add(lag("os", asked));
          long answered = loop.nanoTime();
          loop.execute(
              () -> {
                samples.add(lag("node", answered));
                collect(samples, done);
              });
        });
  }

  private Sample lag(String name, long since) {
    return Sample.gauge(
            "tollway.loop.lag.seconds",
            "How long a task waits for its turn.",
            (loop.nanoTime() - since) / 1e9)
        .with("loop", name);
  }

  private void collect(List<Sample> samples, Consumer<List<Sample>> done) {
    samples.add(
        Sample.gauge("tollway.info", "What runs here.", 1)
            .with("version", Version.text())
            .with("backend", backend));
    neighbors(samples);
    samples.add(
        Sample.counter("tollway.messages.accepted", "Messages for us.", neighborhood.accepted()));
    Map<Drop, Long> drops = neighborhood.drops();
    for (Drop why : Drop.values()) {
      samples.add(
          Sample.counter(
                  "tollway.messages.dropped",
                  "Messages that were turned away.",
                  drops.getOrDefault(why, 0L))
              .with("reason", why.name()));
    }
    counters.get().ifPresent(each -> policy(samples, each));
    if (shares.standing().isEmpty()) {
      done.accept(samples);
      return;
    }
    new ShareReport(shares)
        .answer(
            new ControlHandler.Answer() {
              @Override
              public void result(JsonObject measured) {
                shares(samples, measured);
                done.accept(samples);
              }

              @Override
              public void refuse(int code, String line) {
                done.accept(samples);
              }
            });
  }

  private void neighbors(List<Sample> samples) {
    Map<NeighborState, Integer> states = new EnumMap<>(NeighborState.class);
    for (Neighbor neighbor : neighborhood.snapshot()) {
      states.merge(neighbor.state(), 1, Integer::sum);
      TunnelKeeper.@Nullable Held held = keeper.held().get(neighbor.id());
      if (held != null) {
        tunnel(samples, neighbor, held);
      }
    }
    for (NeighborState state : NeighborState.values()) {
      samples.add(
          Sample.gauge("tollway.neighbors", "Neighbours by state.", states.getOrDefault(state, 0))
              .with("state", state.name()));
    }
  }

  private void tunnel(List<Sample> samples, Neighbor neighbor, TunnelKeeper.Held held) {
    List<Sample> own = new ArrayList<>();
    own.add(
        Sample.gauge("tollway.tunnel.up", "1 when it forwards.", neighbor.mayForward() ? 1 : 0));
    if (neighbor.mayForward()) {
      Duration age =
          Duration.between(neighbor.attempt().orElseThrow().handshakeSeen(), neighborhood.now());
      own.add(
          Sample.gauge(
              "tollway.tunnel.handshake.age.seconds",
              "Since the last handshake.",
              age.toMillis() / 1e3));
    }
    if (held.status.isPresent()) {
      TunnelStatus status = held.status.get();
      own.add(
          Sample.counter(
              "tollway.tunnel.received.bytes",
              "Since the tunnel has its keys.",
              status.receivedBytes()));
      own.add(
          Sample.counter(
              "tollway.tunnel.sent.bytes", "Since the tunnel has its keys.", status.sentBytes()));
    }
    for (Sample each : own) {
      samples.add(
          each.with("key", neighbor.id().node().base64())
              .with("interface", neighbor.id().link())
              .with("tunnel", held.spec.name()));
    }
  }

  private static void policy(List<Sample> samples, Firewall.Counters counters) {
    Map<String, Firewall.Count> verdicts =
        Map.of(
            "forwarded", counters.forwarded(),
            "dropped", counters.dropped(),
            "spoofed", counters.spoofed(),
            "bridged", counters.bridged());
    verdicts.forEach(
        (verdict, count) -> {
          samples.add(
              Sample.counter(
                      "tollway.policy.packets",
                      "What the policy let through, or not.",
                      count.packets())
                  .with("verdict", verdict));
          samples.add(
              Sample.counter(
                      "tollway.policy.bytes", "What the policy let through, or not.", count.bytes())
                  .with("verdict", verdict));
        });
  }

  private static void shares(List<Sample> samples, JsonObject measured) {
    for (JsonElement each : measured.getAsJsonArray("neighbors")) {
      JsonObject neighbor = each.getAsJsonObject();
      String key = neighbor.get("publicKey").getAsString();
      share(samples, key, neighbor, "promised", "What its weight gives it at least.");
      share(samples, key, neighbor, "ceil", "What it may have when others want less.");
      share(samples, key, neighbor, "delivered", "What it got in the last second.");
    }
  }

  private static void share(
      List<Sample> samples, String key, JsonObject neighbor, String what, String help) {
    samples.add(
        Sample.gauge(
                "tollway.share." + what + ".bits",
                help + " Bits a second.",
                neighbor.get(what + "Kbit").getAsDouble() * 1000)
            .with("key", key));
  }
}
