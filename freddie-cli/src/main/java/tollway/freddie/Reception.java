// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import tollway.admission.Effort;
import tollway.admission.EffortQueue;
import tollway.admission.Evaluator;
import tollway.admission.Puzzle;
import tollway.admission.Seeds;
import tollway.admission.Solution;
import tollway.admission.TokenBucket;
import tollway.bytes.Bytes;
import tollway.loop.EventLoop;
import tollway.signaling.Signal;

/**
 * Lets newcomers in: checks their proofs and puzzles on a loop of its own, with a small share of a
 * core, the greatest effort first. Who has to wait too long is turned away. While nobody waits no
 * puzzle is asked for; then the effort follows the load. Any thread, but for what is private.
 *
 * <pre>
 * hello ──cheap tests──▶ waiting ──proof, puzzle──▶ admitted
 *            └──────────────┴───────────┴─────────▶ refused
 * </pre>
 */
final class Reception {
  /** Somebody at the door; told what comes of it on the reception's loop, unless it has left. */
  interface Guest {
    boolean isThere();

    void admitted();

    /** It tried to cost us work for nothing. */
    void cheated(Fault fault);

    void refused(Fault fault);
  }

  /** What the loop costs at most, in cores: at first everybody comes back at once. */
  private static final double SHARE = 0.05;

  private static final double FIRST_SHARE = 0.5;
  private static final long FIRST_NANOS = 60_000_000_000L;

  /** CPU time that may be saved up. */
  private static final double BURST_NANOS = 50_000_000;

  private static final int ROOM = 256;

  /** With so many waiting those who come now wait too long. */
  private static final int CROWD = ROOM / 8;

  private static final Duration PERIOD = Duration.ofSeconds(10);
  private static final Duration SWEEP = Duration.ofSeconds(1);

  /** Less than a client's patience, and than ours with it. */
  private static final long PATIENCE_NANOS = 5_000_000_000L;

  private record Arrival(Signal.Hello hello, Bytes nonce, Guest guest) {
    int effort() {
      return hello.solution().map(Solution::effort).orElse(0);
    }
  }

  /** What is suggested at the moment. */
  private record Advice(Bytes seed, int effort) {}

  private final EventLoop loop;
  private final LongSupplier cpuTime;
  private final Seeds seeds;
  private final long begun;
  private final Evaluator evaluator = new Evaluator();
  private final int least;
  private final Effort effort;
  private final EffortQueue<Arrival> queue = new EffortQueue<>(ROOM);
  private final AtomicLong cpuNanos = new AtomicLong();
  private volatile Advice advice;
  private volatile int waiting;
  private TokenBucket cpu;
  private boolean generous = true;
  private boolean serving;

  /**
   * {@code cpuTime} is that of the loop's thread, asked there; {@code random} makes seeds; an
   * effort of less than {@code least} lets nobody in.
   */
  Reception(EventLoop loop, LongSupplier cpuTime, Supplier<Bytes> random, int least) {
    this.loop = loop;
    this.cpuTime = cpuTime;
    this.least = least;
    effort = new Effort(least);
    begun = loop.nanoTime();
    seeds = new Seeds(random, begun);
    cpu = new TokenBucket(FIRST_SHARE * 1e9, BURST_NANOS, begun);
    advice = new Advice(seeds.current(begun), least);
    loop.every(SWEEP, this::sweep);
    loop.every(PERIOD, this::update);
  }

  /** The CPU time of whichever thread asks, in nanoseconds. */
  static LongSupplier threadTime() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    return threads::getCurrentThreadCpuTime;
  }

  /** The first word to somebody who is asked to sign {@code nonce}. */
  Signal.Challenge challenge(Bytes nonce, Bytes hostSalt) {
    Advice now = advice;
    return new Signal.Challenge(
        Signal.VERSION, nonce, now.seed(), now.effort(), Optional.of(hostSalt));
  }

  /** {@code guest} says {@code hello}, and was asked to sign {@code nonce}. */
  void arrives(Signal.Hello hello, Bytes nonce, Guest guest) {
    loop.execute(() -> receive(new Arrival(hello, nonce, guest)));
  }

  /** In the Prometheus text format. */
  String metrics() {
    return """
        # TYPE freddie_puzzle_effort gauge
        freddie_puzzle_effort %d
        # TYPE freddie_newcomers_waiting gauge
        freddie_newcomers_waiting %d
        # TYPE freddie_admission_cpu_seconds_total counter
        freddie_admission_cpu_seconds_total %s
        """
        .formatted(advice.effort(), waiting, cpuNanos.get() / 1e9);
  }

  private void receive(Arrival arrival) {
    Optional<Solution> solution = arrival.hello().solution();
    if (arrival.effort() < least) {
      arrival.guest().refused(Fault.puzzle(1, "newcomers solve a puzzle here, of " + least));
      return;
    }
    if (solution.isPresent()) {
      if (!puzzle(arrival, solution.get()).isPlausible(solution.get())) {
        arrival.guest().cheated(Fault.policy(Signal.Code.BAD_PROOF, "that solves no puzzle"));
        return;
      }
      if (!seeds.use(arrival.hello().node(), solution.get(), loop.nanoTime())) {
        arrival.guest().refused(Fault.puzzle(1, "that puzzle is of the past: solve a new one"));
        return;
      }
    }
    queue.offer(arrival, arrival.effort(), loop.nanoTime()).ifPresent(this::turnAway);
    if (queue.size() >= CROWD) {
      effort.waited();
    }
    if (!serving) {
      serving = true;
      serve();
    }
    waiting = queue.size();
  }

  /** One after the other, so that others are received between them, as long as there is CPU. */
  private void serve() {
    long now = loop.nanoTime();
    long rest = budget(now).nanosUntilOne(now);
    if (queue.size() == 0) {
      serving = false;
    } else if (rest > 0) {
      loop.schedule(Duration.ofNanos(rest), this::serve);
    } else {
      queue.poll().ifPresent(first -> attend(first.who()));
      waiting = queue.size();
      loop.execute(this::serve);
    }
  }

  private void attend(Arrival arrival) {
    if (!arrival.guest().isThere()) {
      restore(arrival);
      return;
    }
    long before = cpuTime.getAsLong();
    Signal.Hello hello = arrival.hello();
    Optional<Solution> solution = hello.solution();
    if (!hello.node().verify(Signal.helloProof(arrival.nonce()), hello.signature())) {
      restore(arrival);
      arrival.guest().refused(Fault.policy(Signal.Code.BAD_PROOF, "the proof does not verify"));
    } else if (solution.isPresent()
        && !evaluator.verifies(puzzle(arrival, solution.get()), solution.get())) {
      arrival.guest().cheated(Fault.policy(Signal.Code.BAD_PROOF, "that solves no puzzle"));
    } else {
      effort.handled(arrival.effort());
      arrival.guest().admitted();
    }
    long spent = cpuTime.getAsLong() - before;
    cpuNanos.addAndGet(spent);
    cpu.spend((double) spent);
  }

  private void turnAway(EffortQueue.Waiting<Arrival> late) {
    effort.turnedAway(late.effort());
    restore(late.who());
    late.who()
        .guest()
        .refused(
            Fault.puzzle(
                (int) PERIOD.toSeconds(),
                "too many newcomers, and others solved harder puzzles; now asked: "
                    + Math.max(1, effort.suggested())));
  }

  private void restore(Arrival arrival) {
    arrival.hello().solution().ifPresent(unused -> seeds.restore(arrival.hello().node(), unused));
  }

  private void sweep() {
    queue.pollOlderThan(PATIENCE_NANOS, loop.nanoTime()).forEach(this::turnAway);
    waiting = queue.size();
  }

  private void update() {
    effort.update(queue.size(), queue.highest());
    if (queue.size() >= CROWD) {
      effort.waited(); // They wait in the new period, too.
    }
    advice = new Advice(seeds.current(loop.nanoTime()), effort.suggested());
  }

  private TokenBucket budget(long now) {
    if (generous && now - begun > FIRST_NANOS) {
      generous = false;
      cpu = new TokenBucket(SHARE * 1e9, BURST_NANOS, now);
    }
    return cpu;
  }

  private static Puzzle puzzle(Arrival arrival, Solution solution) {
    return Puzzle.of(Signal.SERVICE, arrival.hello().node(), solution);
  }
}
