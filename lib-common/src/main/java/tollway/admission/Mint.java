// SPDX-License-Identifier: Apache-2.0
package tollway.admission;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.security.SecureRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import tollway.bytes.ByteWriter;
import tollway.bytes.Bytes;
import tollway.loop.BackgroundThread;

/**
 * Works on a puzzle on threads of its own until it is solved or given up. Each evaluation is a draw
 * of its own: that much was done in vain says nothing about how much is left. Any thread.
 */
public final class Mint {
  /**
   * How it went.
   *
   * @param evaluations in all threads together
   * @param nanos from the beginning to the solution
   * @param cpuNanos of all threads together, until the solution
   */
  public record Minted(Solution solution, long evaluations, long nanos, long cpuNanos) {}

  private final Puzzle puzzle;
  private final long begun = System.nanoTime();
  private final AtomicLong evaluations = new AtomicLong();
  private final AtomicLong cpuNanos = new AtomicLong();
  private final CompletableFuture<Minted> minted = new CompletableFuture<>();

  private Mint(Puzzle puzzle) {
    this.puzzle = puzzle;
  }

  /** Begins. */
  public static Mint start(Puzzle puzzle, int threads, SecureRandom random) {
    Mint mint = new Mint(puzzle);
    for (int i = 0; i < threads; i++) {
      long first = random.nextLong();
      BackgroundThread.start("puzzle-" + i, () -> mint.work(first));
    }
    return mint;
  }

  /** Completes with the solution, on a thread of ours; cancelled when it was given up. */
  public CompletableFuture<Minted> minted() {
    return minted;
  }

  /** Gives up: the threads end after the evaluation that they are at. */
  public void cancel() {
    minted.cancel(false);
  }

  public long evaluations() {
    return evaluations.get();
  }

  /** Since the beginning. */
  public long nanos() {
    return System.nanoTime() - begun;
  }

  private void work(long first) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    Evaluator evaluator = new Evaluator();
    long spent = threads.getCurrentThreadCpuTime();
    for (long i = 0; !minted.isDone(); i++) {
      Bytes nonce = new ByteWriter().i64(first).i64(i).toBytes();
      var solution = evaluator.attempt(puzzle, nonce);
      long now = threads.getCurrentThreadCpuTime();
      long cpu = cpuNanos.addAndGet(now - spent);
      spent = now;
      long tried = evaluations.incrementAndGet();
      solution.ifPresent(found -> minted.complete(new Minted(found, tried, nanos(), cpu)));
    }
  }
}
