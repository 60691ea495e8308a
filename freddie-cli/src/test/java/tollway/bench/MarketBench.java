// SPDX-License-Identifier: Apache-2.0
package tollway.bench;

import com.google.gson.JsonObject;
import com.google.protobuf.ByteString;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import tollway.identity.Identity;
import tollway.identity.NodeId;
import tollway.loop.NettyEventLoop;
import tollway.loop.NettyLoops;

/**
 * What a freddie process does in a crowd. Arguments: the crowd, seconds for each figure (10), and
 * for {@code rush} its rate.
 *
 * <ul>
 *   <li>{@code rush}: 10,000 producers with four slots each; 500 consumers ask by the clock, all of
 *       them together {@code RATE} (5,000) times a second, and hang up at once; the pairing alone,
 *       nothing is sealed. A wait begins when it was time to ask, also if that was later
 *   <li>{@code shortage}: 1,000 consumers wait for 10 producers with five slots each, and keep what
 *       they get for a second: what is told to nobody's use, how soon a free slot serves the next
 *   <li>{@code plenty}: 1,000 producers with five slots each, one consumer that asks every second:
 *       what the idle ones cost
 *   <li>{@code waiters}: 9,000 consumers wait for nobody: what freddie keeps for each
 * </ul>
 */
public final class MarketBench {
  private static final NodeId EGRESS = Identity.generate(new SecureRandom()).nodeId();

  /** Who connects at once would be served by the seconds of a core that newcomers get. */
  private static final int CONNECTING = 200;

  private final FreddieProcess freddie;

  /** The consumers'. */
  private final NettyEventLoop loop;

  private final NettyEventLoop producerLoop;
  private final int seconds;
  private final List<Trader> crowd = new ArrayList<>();

  private volatile boolean counting;
  private final LongAdder told = new LongAdder();

  // On the loop.
  private final List<Long> waits = new ArrayList<>();
  private final Map<ByteString, List<Long>> freed = new HashMap<>();
  private long paired;
  private long unwanted;

  private MarketBench(FreddieProcess freddie, NettyLoops loops, int seconds) {
    this.freddie = freddie;
    loop = loops.next();
    producerLoop = loops.next();
    this.seconds = seconds;
  }

  public static void main(String[] arguments) throws Exception {
    String what = arguments.length > 0 ? arguments[0] : "";
    int seconds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 10;
    int rate = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 5000;
    if (!List.of("rush", "shortage", "plenty", "waiters").contains(what)) {
      System.err.println(
          "usage: scripts/bench market rush|shortage|plenty|waiters [SECONDS [RATE]]");
      System.exit(2);
    }
    try (FreddieProcess freddie = new FreddieProcess("--max-clients", "12000");
        NettyLoops loops = new NettyLoops(2)) {
      JsonObject figure = new MarketBench(freddie, loops, seconds).run(what, rate);
      figure.addProperty("freddie_rss_mb", freddie.residentMegabytes());
      System.out.println(figure);
    }
  }

  private JsonObject run(String what, int rate) throws Exception {
    JsonObject figure = new JsonObject();
    figure.addProperty("benchmark", "market");
    figure.addProperty("what", what);
    switch (what) {
      case "rush" -> {
        connect(10_000, 4, Duration.ZERO, Duration.ZERO);
        figure.addProperty("asked_per_second", rate);
        connect(500, 0, Duration.ofSeconds(500).dividedBy(rate), Duration.ZERO);
      }
      case "shortage" -> {
        connect(10, 5, Duration.ZERO, Duration.ZERO);
        connect(1000, 0, Duration.ofNanos(1), Duration.ofSeconds(1));
      }
      case "plenty" -> {
        connect(1000, 5, Duration.ZERO, Duration.ZERO);
        connect(1, 0, Duration.ofSeconds(1), Duration.ZERO);
      }
      default -> {
        connect(500, 0, Duration.ZERO, Duration.ZERO); // What is loaded by the first of them.
        waiting(figure);
        return figure;
      }
    }
    trading(what, figure);
    return figure;
  }

  /** Lets those who are there do what they do. */
  private void trading(String what, JsonObject figure) throws Exception {
    crowd.forEach(each -> each.loop().execute(each::begin));
    // Where little happens, half of what is measured would be the compiler's for a long time.
    TimeUnit.SECONDS.sleep(what.equals("rush") ? 5 : 60);
    double cpu = freddie.cpuSeconds();
    long packets = packets();
    long begun = System.nanoTime();
    onLoop(() -> counting = true);
    TimeUnit.SECONDS.sleep(seconds);
    onLoop(() -> counting = false);
    double elapsed = (System.nanoTime() - begun) / 1e9;
    cpu = freddie.cpuSeconds() - cpu;
    packets = packets() - packets;
    figure.addProperty("clients", crowd.size());
    figure.addProperty("matches_per_second", Party.rounded(paired / elapsed));
    if (what.equals("shortage")) {
      figure.addProperty("told_in_vain", told.sum() - paired + unwanted);
    }
    figure.add("match_ms", SignalingBench.percentiles(waits));
    figure.addProperty("freddie_cpu_cores", Party.rounded(cpu / elapsed));
    figure.addProperty(
        "loopback_packets_per_client_in_25_s",
        Party.rounded(packets / elapsed * 25 / crowd.size()));
  }

  private void waiting(JsonObject figure) throws Exception {
    crowd.forEach(each -> each.loop().execute(() -> each.wish(1)));
    long before = freddie.liveHeapBytes();
    connect(9000, 0, Duration.ZERO, Duration.ZERO);
    crowd.forEach(each -> each.loop().execute(() -> each.wish(1)));
    TimeUnit.SECONDS.sleep(3); // Until it is swept.
    figure.addProperty("waiters", 9000);
    figure.addProperty("heap_bytes_for_each", (freddie.liveHeapBytes() - before) / 9000);
  }

  private void connect(int count, int slots, Duration pace, Duration kept) throws Exception {
    URI url = freddie.url();
    for (int done = 0; done < count; done += CONNECTING) {
      int now = Math.min(CONNECTING, count - done);
      CountDownLatch ready = new CountDownLatch(now);
      for (int i = 0; i < now; i++) {
        Trader one = slots > 0 ? new Producer(slots, ready) : new Consumer(pace, kept, ready);
        crowd.add(one);
        one.loop().execute(() -> one.connect(url));
      }
      if (!ready.await(60, TimeUnit.SECONDS)) {
        throw new IllegalStateException(ready.getCount() + " clients did not connect");
      }
    }
  }

  private void onLoop(Runnable task) throws Exception {
    loop.netty().submit(task).get(30, TimeUnit.SECONDS);
  }

  /** TCP segments on loopback since the start of the system. */
  private static long packets() throws Exception {
    return Long.parseLong(
        Files.readString(Path.of("/sys/class/net/lo/statistics/rx_packets")).strip());
  }

  private final class Producer extends Trader {
    Producer(int slots, CountDownLatch ready) {
      super(producerLoop, EGRESS, slots, ready);
    }

    @Override
    void matched(long match, ByteString peer) {
      if (counting) {
        told.increment();
      }
    }
  }

  private final class Consumer extends Trader {
    private final Duration pace;
    private final Duration kept;
    private long askedAt;
    private boolean asked;

    /** Asks every {@code pace}, never if that is 0, and keeps whom it gets for so long. */
    Consumer(Duration pace, Duration kept, CountDownLatch ready) {
      super(loop, EGRESS, 0, ready);
      this.pace = pace;
      this.kept = kept;
    }

    @Override
    void begin() {
      if (!pace.isZero()) {
        long pause = (long) (Math.random() * pace.toNanos());
        long due = System.nanoTime() + pause;
        loop.schedule(Duration.ofNanos(pause), () -> ask(due));
      }
    }

    @Override
    void matched(long match, ByteString peer) {
      long now = System.nanoTime();
      // Among many who wait, a match is late since the slot was free, not since it was wished.
      List<Long> since = freed.getOrDefault(peer, List.of());
      long begun = since.isEmpty() ? askedAt : since.remove(0);
      if (counting) {
        paired++;
        unwanted += asked ? 0 : 1;
        waits.add(now - begun);
      }
      asked = false;
      if (kept.isZero()) {
        leave(match, askedAt + pace.toNanos());
      } else {
        loop.schedule(kept, () -> leaveFree(match, peer));
      }
    }

    private void leaveFree(long match, ByteString peer) {
      long now = System.nanoTime();
      freed.computeIfAbsent(peer, key -> new ArrayList<>()).add(now);
      leave(match, now);
    }

    /** Asks again at {@code next}, in steady nanoseconds, or at once if that is over. */
    private void leave(long match, long next) {
      hangUp(match);
      long pause = next - System.nanoTime();
      if (pause <= 0) {
        ask(next);
      } else {
        flush();
        loop.schedule(Duration.ofNanos(pause), () -> ask(next));
      }
    }

    private void ask(long due) {
      askedAt = due;
      asked = true;
      wish(1);
    }
  }
}
