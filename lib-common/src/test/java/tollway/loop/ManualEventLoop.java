// SPDX-License-Identifier: Apache-2.0
package tollway.loop;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;

/** A loop for tests: the test's thread is its thread, and time moves only when told. */
public final class ManualEventLoop implements EventLoop {
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final PriorityQueue<Waiting> waiting =
      new PriorityQueue<>(Comparator.<Waiting>comparingLong(w -> w.at).thenComparing(w -> w.order));
  private Instant wall = Instant.parse("2026-01-01T00:00:00Z");
  private long nanos = 1_000_000_000L;
  private long order;

  private static final class Waiting implements Timer {
    final long at;
    final long order;
    final Runnable task;
    boolean cancelled;

    Waiting(long at, long order, Runnable task) {
      this.at = at;
      this.order = order;
      this.task = task;
    }

    @Override
    public void cancel() {
      cancelled = true;
    }
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    Waiting entry = new Waiting(nanos + delay.toNanos(), order++, task);
    waiting.add(entry);
    return entry;
  }

  @Override
  public Timer every(Duration period, Runnable task) {
    boolean[] cancelled = {false};
    Runnable[] again = new Runnable[1];
    again[0] =
        () -> {
          if (!cancelled[0]) {
            task.run();
            schedule(period, again[0]);
          }
        };
    schedule(period, again[0]);
    return () -> cancelled[0] = true;
  }

  @Override
  public Instant now() {
    return wall;
  }

  @Override
  public long nanoTime() {
    return nanos;
  }

  @Override
  public boolean inLoop() {
    return true;
  }

  /** Runs what is ready now. */
  public void runReady() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  /** Moves both clocks, running every timer at its own moment. */
  public void advance(Duration by) {
    long end = nanos + by.toNanos();
    runReady();
    while (!waiting.isEmpty() && waiting.peek().at <= end) {
      Waiting next = waiting.remove();
      moveTo(next.at);
      if (!next.cancelled) {
        next.task.run();
      }
      runReady();
    }
    moveTo(end);
  }

  /** How many timers wait that were not cancelled. */
  public long timers() {
    return waiting.stream().filter(w -> !w.cancelled).count();
  }

  /** Steps the wall clock alone, as NTP or an operator may. */
  public void stepWallClock(Duration by) {
    wall = wall.plus(by);
  }

  private void moveTo(long at) {
    wall = wall.plusNanos(at - nanos);
    nanos = at;
  }
}
