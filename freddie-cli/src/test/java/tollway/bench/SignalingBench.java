// SPDX-License-Identifier: Apache-2.0
package tollway.bench;

import com.google.gson.JsonObject;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tollway.identity.Identity;
import tollway.identity.NodeId;
import tollway.loop.NettyEventLoop;
import tollway.loop.NettyLoops;
import tollway.loop.Timer;
import tollway.signaling.Advert;
import tollway.signaling.Signal;
import tollway.signaling.SignalingClient;

/**
 * How fast a freddie process pairs clients over WebSockets on loopback. Each consumer asks for one
 * producer, makes an offer, hears the answer, hangs up and asks again. Arguments: producers (400),
 * consumers (400), seconds (10), matches a second that each consumer aims at (14; freddie slows
 * down who says more than 50 things a second, and a match is three). One line of JSON for a single
 * consumer, whom nobody disturbs, and one for all.
 */
public final class SignalingBench {
  private static final NodeId EGRESS = Identity.generate(new SecureRandom()).nodeId();
  private static final int SLOTS = 4;

  /** About as long as an offer with a data channel and some candidates. */
  private static final String SDP = "x".repeat(900);

  private final NettyEventLoop loop;
  private final URI freddie;
  private final CountDownLatch connected;
  private final Duration pace;
  private final List<SignalingClient> clients = new ArrayList<>();

  // On the loop.
  private final List<Consumer> consumers = new ArrayList<>();
  private final List<Long> matchNanos = new ArrayList<>();
  private final List<Long> exchangeNanos = new ArrayList<>();
  private boolean counting;

  private SignalingBench(
      NettyEventLoop loop, URI freddie, int producers, int consumers, double pace) {
    this.loop = loop;
    this.freddie = freddie;
    this.pace = Duration.ofNanos((long) (1e9 / pace));
    connected = new CountDownLatch(producers + consumers);
    for (int i = 0; i < producers; i++) {
      clients.add(new Producer().client);
    }
    for (int i = 0; i < consumers; i++) {
      Consumer consumer = new Consumer();
      this.consumers.add(consumer);
      clients.add(consumer.client);
    }
  }

  public static void main(String[] arguments) throws Exception {
    int producers = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 400;
    int consumers = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 400;
    int seconds = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 10;
    double pace = arguments.length > 3 ? Double.parseDouble(arguments[3]) : 14;
    try (FreddieProcess freddie =
            new FreddieProcess("--max-clients", String.valueOf(producers + consumers));
        NettyLoops loops = new NettyLoops(1)) {
      SignalingBench bench =
          new SignalingBench(loops.next(), freddie.url(), producers, consumers, pace);
      bench.connect();
      bench.run("warm up", freddie, consumers, 3);
      System.out.println(bench.run("one consumer", freddie, 1, seconds));
      System.out.println(bench.run("all consumers", freddie, consumers, seconds));
      bench.onLoop(() -> bench.clients.forEach(SignalingClient::close));
    }
  }

  private void connect() throws InterruptedException {
    loop.execute(() -> clients.forEach(SignalingClient::start));
    if (!connected.await(60, TimeUnit.SECONDS)) {
      throw new IllegalStateException(connected.getCount() + " clients did not connect");
    }
  }

  /** Lets {@code count} consumers trade for so many seconds. */
  private JsonObject run(String what, FreddieProcess freddieProcess, int count, int seconds)
      throws Exception {
    double cpu = freddieProcess.cpuSeconds();
    long begun = System.nanoTime();
    onLoop(
        () -> {
          matchNanos.clear();
          exchangeNanos.clear();
          counting = true;
          consumers.subList(0, count).forEach(Consumer::begin);
        });
    TimeUnit.SECONDS.sleep(seconds);
    onLoop(
        () -> {
          counting = false;
          consumers.forEach(Consumer::end);
        });
    double elapsed = (System.nanoTime() - begun) / 1e9;
    cpu = freddieProcess.cpuSeconds() - cpu;
    int matches = exchangeNanos.size();
    if (matches == 0) {
      throw new IllegalStateException("nobody was paired");
    }
    JsonObject figure = new JsonObject();
    figure.addProperty("benchmark", "signaling");
    figure.addProperty("what", what);
    figure.addProperty("producers", clients.size() - consumers.size());
    figure.addProperty("consumers", count);
    figure.addProperty("seconds", Party.rounded(elapsed));
    figure.addProperty("matches", matches);
    figure.addProperty("matches_per_second", Party.rounded(matches / elapsed));
    figure.add("match_ms", percentiles(matchNanos));
    figure.add("offer_to_answer_ms", percentiles(exchangeNanos));
    figure.addProperty("freddie_cpu_cores", Party.rounded(cpu / elapsed));
    figure.addProperty("freddie_cpu_ms_per_match", Party.rounded(cpu * 1e3 / matches));
    figure.addProperty("freddie_rss_mb", freddieProcess.residentMegabytes());
    return figure;
  }

  private void onLoop(Runnable task) throws Exception {
    loop.netty().submit(task).get(30, TimeUnit.SECONDS);
  }

  static JsonObject percentiles(List<Long> nanos) {
    List<Long> sorted = nanos.stream().sorted().toList();
    JsonObject percentiles = new JsonObject();
    for (int percent : List.of(50, 95, 99, 100)) {
      int index = Math.min(sorted.size() - 1, sorted.size() * percent / 100);
      percentiles.addProperty(
          percent == 100 ? "max" : "p" + percent, Party.rounded(sorted.get(index) / 1e6));
    }
    return percentiles;
  }

  private final class Producer extends Party {
    Producer() {
      super(loop, freddie, Identity.generate(new SecureRandom()), connected);
    }

    @Override
    public void connected(List<String> stun) {
      client.offerSlots(new Advert(SLOTS, List.of(EGRESS), "bench"));
      super.connected(stun);
    }

    @Override
    public void description(Signal.Description offer) {
      client.send(new Signal.Description(offer.match(), Signal.Kind.ANSWER, SDP));
    }
  }

  private final class Consumer extends Party {
    Consumer() {
      super(loop, freddie, Identity.generate(new SecureRandom()), connected);
    }

    private boolean trading;
    private @Nullable Timer next;
    private long askedAt;
    private long offeredAt;
    private Signal.@Nullable Matched current;

    /** Not all at once. */
    void begin() {
      trading = true;
      next = loop.schedule(Duration.ofNanos((long) (Math.random() * pace.toNanos())), this::ask);
    }

    void end() {
      trading = false;
      if (next != null) {
        next.cancel();
      }
      client.requestPeers(new Signal.PeerRequest(0, EGRESS, List.of()));
      hangUp();
    }

    @Override
    public void matched(Signal.Matched match) {
      current = match;
      if (!trading) {
        hangUp(); // It was on its way when the run ended.
        return;
      }
      offeredAt = System.nanoTime();
      if (counting) {
        matchNanos.add(offeredAt - askedAt);
      }
      client.send(new Signal.Description(match.match(), Signal.Kind.OFFER, SDP));
    }

    @Override
    public void description(Signal.Description answer) {
      if (current == null || current.match() != answer.match()) {
        return;
      }
      long now = System.nanoTime();
      if (counting) {
        exchangeNanos.add(now - offeredAt);
      }
      hangUp();
      if (trading) {
        long rest = Math.max(0, askedAt + pace.toNanos() - now);
        next = loop.schedule(Duration.ofNanos(rest), this::ask);
      }
    }

    private void ask() {
      askedAt = System.nanoTime();
      client.requestPeers(new Signal.PeerRequest(1, EGRESS, List.of()));
    }

    private void hangUp() {
      if (current != null) {
        client.send(new Signal.HangUp(current.match(), "done", false));
        current = null;
      }
    }
  }
}
