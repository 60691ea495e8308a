// SPDX-License-Identifier: Apache-2.0
package tollway.bench;

import com.google.gson.JsonObject;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import tollway.admission.Evaluator;
import tollway.admission.Puzzle;
import tollway.admission.Solution;
import tollway.bytes.ByteWriter;
import tollway.bytes.Bytes;
import tollway.identity.Identity;
import tollway.identity.NodeId;
import tollway.loop.NettyEventLoop;
import tollway.loop.NettyLoops;
import tollway.signaling.Advert;
import tollway.signaling.Signal;
import tollway.signaling.SignalingClient;

/**
 * What strangers cost a freddie, and what a freddie costs them: a puzzle's check, an identity by
 * effort, and how many honest requests are answered within a second while one identity makes nine
 * of ten over many connections. Arguments: seconds for each (5), flooding connections (100).
 */
public final class AdmissionBench {
  private static final NodeId EGRESS = Identity.generate(new SecureRandom()).nodeId();
  private static final int VOLUNTEERS = 50;
  private static final int SLOTS = 8;
  private static final int CONSUMERS = 100;

  /** Five requests a second each; a flooder says as many things as freddie reads. */
  private static final Duration PACE = Duration.ofMillis(200);

  private static final Duration FLOOD_PACE = Duration.ofMillis(20);
  private static final long PATIENCE_NANOS = 1_000_000_000L;

  private final NettyEventLoop loop;
  private final URI freddie;

  private final NettyEventLoop floodLoop;
  private final List<Consumer> consumers = new ArrayList<>();
  private final AtomicLong flooded = new AtomicLong();

  // On the loop.
  private long answered;
  private long late;

  private AdmissionBench(NettyLoops loops, URI freddie) {
    loop = loops.next();
    floodLoop = loops.next();
    this.freddie = freddie;
  }

  public static void main(String[] arguments) throws Exception {
    int seconds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5;
    int flooders = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 100;
    puzzles(seconds);
    try (FreddieProcess freddie = new FreddieProcess();
        NettyLoops loops = new NettyLoops(2)) {
      new AdmissionBench(loops, freddie.url()).market(seconds, flooders);
    }
  }

  private static void puzzles(int seconds) {
    Puzzle puzzle = new Puzzle(Signal.SERVICE, EGRESS, number(1), 8);
    Evaluator evaluator = new Evaluator();
    attempts(evaluator, puzzle, 2); // Warm.
    double evaluation = attempts(evaluator, puzzle, seconds);
    JsonObject check = new JsonObject();
    check.addProperty("benchmark", "admission");
    check.addProperty("what", "check");
    check.addProperty("hash_test_us", Party.rounded(hashTests(puzzle, seconds) * 1e6));
    check.addProperty("argon2id_ms", Party.rounded(evaluation * 1e3));
    check.addProperty("checks_per_second_in_5_percent", Math.round(0.05 / evaluation));
    System.out.println(check);
    for (int effort : new int[] {256, Puzzle.USUAL_EFFORT, 16_384, Puzzle.MAX_EFFORT}) {
      JsonObject cost = new JsonObject();
      cost.addProperty("benchmark", "admission");
      cost.addProperty("what", "identity");
      cost.addProperty("effort", effort);
      cost.addProperty("cpu_seconds", Party.rounded(evaluation * effort));
      cost.addProperty("per_core_and_day", Math.round(86_400 / (evaluation * effort)));
      System.out.println(cost);
    }
  }

  /** Seconds of CPU for one. */
  private static double attempts(Evaluator evaluator, Puzzle puzzle, int seconds) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long begun = threads.getCurrentThreadCpuTime();
    long count = 0;
    while (threads.getCurrentThreadCpuTime() - begun < seconds * 1_000_000_000L) {
      count++;
      evaluator.attempt(puzzle, number(count));
    }
    return (threads.getCurrentThreadCpuTime() - begun) / 1e9 / count;
  }

  private static double hashTests(Puzzle puzzle, int seconds) {
    long begun = System.nanoTime();
    long count = 0;
    long plausible = 0;
    while (System.nanoTime() - begun < seconds * 1_000_000_000L) {
      count++;
      Bytes noise = number(count);
      plausible += puzzle.isPlausible(new Solution(puzzle.seed(), 8, noise, noise)) ? 1 : 0;
    }
    if (plausible == 0) {
      throw new IllegalStateException("one in eight should pass");
    }
    return (System.nanoTime() - begun) / 1e9 / count;
  }

  private static Bytes number(long number) {
    return new ByteWriter().i64(0).i64(number).toBytes();
  }

  private void market(int seconds, int flooders) throws Exception {
    CountDownLatch ready = new CountDownLatch(VOLUNTEERS + CONSUMERS);
    List<SignalingClient> clients = new ArrayList<>();
    for (int i = 0; i < VOLUNTEERS; i++) {
      Party volunteer = new Party(loop, freddie, Identity.generate(new SecureRandom()), ready);
      onLoop(loop, () -> volunteer.client.offerSlots(new Advert(SLOTS, List.of(EGRESS), "bench")));
      clients.add(volunteer.client);
    }
    for (int i = 0; i < CONSUMERS; i++) {
      consumers.add(new Consumer(ready));
      clients.add(consumers.get(i).client);
    }
    connect(loop, clients, ready);
    run("alone", 2, 0);
    System.out.println(run("alone", seconds, 0));
    Identity mallory = Identity.generate(new SecureRandom());
    CountDownLatch flooding = new CountDownLatch(flooders);
    List<SignalingClient> crowd = new ArrayList<>();
    for (int i = 0; i < flooders; i++) {
      crowd.add(new Flooder(mallory, flooding).client);
    }
    connect(floodLoop, crowd, flooding);
    System.out.println(run("flooded", seconds, flooders));
    onLoop(floodLoop, () -> crowd.forEach(SignalingClient::close));
    onLoop(loop, () -> clients.forEach(SignalingClient::close));
  }

  private static void connect(
      NettyEventLoop loop, List<SignalingClient> clients, CountDownLatch ready)
      throws InterruptedException {
    loop.execute(() -> clients.forEach(SignalingClient::start));
    if (!ready.await(60, TimeUnit.SECONDS)) {
      throw new IllegalStateException(ready.getCount() + " clients did not connect");
    }
  }

  private JsonObject run(String what, int seconds, int flooders) throws Exception {
    onLoop(
        loop,
        () -> {
          answered = 0;
          late = 0;
          flooded.set(0);
        });
    TimeUnit.SECONDS.sleep(seconds);
    JsonObject figure = new JsonObject();
    onLoop(
        loop,
        () -> {
          long now = System.nanoTime();
          long forgotten =
              consumers.stream()
                  .filter(consumer -> consumer.waits && now - consumer.askedAt > PATIENCE_NANOS)
                  .count();
          long honest = answered + late + forgotten;
          figure.addProperty("benchmark", "admission");
          figure.addProperty("what", what);
          figure.addProperty("flooding_connections", flooders);
          figure.addProperty("honest_requests", honest);
          figure.addProperty("flooders_requests", flooded.get());
          figure.addProperty(
              "flooders_share", Party.rounded(flooded.get() / (double) (flooded.get() + honest)));
          figure.addProperty("answered_within_1_s", Party.rounded(answered / (double) honest));
        });
    return figure;
  }

  private static void onLoop(NettyEventLoop loop, Runnable task) throws Exception {
    loop.netty().submit(task).get(30, TimeUnit.SECONDS);
  }

  /** Asks for one volunteer five times a second, and leaves it at once. */
  private final class Consumer extends Party {
    private long askedAt;
    private boolean waits;

    Consumer(CountDownLatch ready) {
      super(loop, freddie, Identity.generate(new SecureRandom()), ready);
    }

    @Override
    public void connected(List<String> stun) {
      super.connected(stun);
      loop.schedule(Duration.ofNanos((long) (Math.random() * PACE.toNanos())), this::ask);
    }

    @Override
    public void matched(Signal.Matched match) {
      waits = false;
      if (System.nanoTime() - askedAt < PATIENCE_NANOS) {
        answered++;
      } else {
        late++;
      }
      client.send(new Signal.HangUp(match.match(), "done", false));
      long rest = Math.max(0, askedAt + PACE.toNanos() - System.nanoTime());
      loop.schedule(Duration.ofNanos(rest), this::ask);
    }

    private void ask() {
      waits = true;
      askedAt = System.nanoTime();
      client.requestPeers(new Signal.PeerRequest(1, EGRESS, List.of()));
    }
  }

  /** Asks for as many as it may, again and again, and keeps them. */
  private final class Flooder extends Party {
    Flooder(Identity identity, CountDownLatch ready) {
      super(floodLoop, freddie, identity, ready);
    }

    @Override
    public void connected(List<String> stun) {
      super.connected(stun);
      floodLoop.every(FLOOD_PACE, this::ask);
    }

    private void ask() {
      flooded.incrementAndGet();
      client.requestPeers(new Signal.PeerRequest(Signal.MAX_COUNT, EGRESS, List.of()));
    }
  }
}
