// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.util.function.LongSupplier;

/** How much one client may say: so many things at once, and so many a second for long. */
final class FrameAllowance {
  private static final int BURST = 400;
  private static final int PER_SECOND = 50;

  /** Who is so many ahead does not mean to wait. */
  private static final int FAR = 1000;

  private final LongSupplier nanoTime;
  private double left = BURST;
  private long countedAt;

  FrameAllowance(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    countedAt = nanoTime.getAsLong();
  }

  /** Counts {@code things} that were said. */
  void take(int things) {
    refill();
    left -= things;
  }

  boolean isFarOverdrawn() {
    return left < -FAR;
  }

  /** How long to hear nothing more of it, in nanoseconds; 0: go on. */
  long pause() {
    refill();
    return left >= 0 ? 0 : (long) ((1 - left) / PER_SECOND * 1e9);
  }

  private void refill() {
    long now = nanoTime.getAsLong();
    left = Math.min(BURST, left + (now - countedAt) * 1e-9 * PER_SECOND);
    countedAt = now;
  }
}
