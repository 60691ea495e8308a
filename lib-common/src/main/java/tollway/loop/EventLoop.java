// SPDX-License-Identifier: Apache-2.0
package tollway.loop;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executor;

/**
 * One thread that owns a component's state. Every method may be called from any thread, except
 * {@link #checkInLoop}, whose point is to fail elsewhere.
 */
public interface EventLoop extends Executor {
  /** Runs {@code task} on the loop, after what was handed in before. */
  @Override
  void execute(Runnable task);

  /** Runs {@code task} on the loop once {@code delay} has passed. */
  Timer schedule(Duration delay, Runnable task);

  /** Runs {@code task} on the loop every {@code period}, first after one period. */
  Timer every(Duration period, Runnable task);

  /** Wall-clock time; may step. For messages, logs and files. */
  Instant now();

  /** Monotonic time in nanoseconds from an arbitrary origin. For deadlines and durations. */
  long nanoTime();

  boolean inLoop();

  /** Throws {@link IllegalStateException} on any other thread. */
  default void checkInLoop() {
    if (!inLoop()) {
      throw new IllegalStateException("called outside its event loop");
    }
  }
}
