// SPDX-License-Identifier: Apache-2.0
package tollway.lab;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Waits for what will be true, on a machine that may be busy. */
public final class Await {
  private Await() {}

  /** A question that may fail to be answered. */
  public interface Condition {
    boolean holds() throws Exception;
  }

  /** Asks again and again until it holds; fails naming {@code what} after {@code patience}. */
  public static void until(String what, Duration patience, Condition condition) throws Exception {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within " + patience.toSeconds() + " s: " + what);
      }
      tick();
    }
  }

  /** As long as one waits before one looks again. */
  public static void tick() {
    LockSupport.parkNanos(20_000_000);
  }

  public static void until(String what, Condition condition) throws Exception {
    until(what, Duration.ofSeconds(30), condition);
  }
}
