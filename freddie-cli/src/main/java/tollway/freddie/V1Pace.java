// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

/** How soon the next request of one connection is looked at. */
final class V1Pace {
  /** So many at once, and so many a second for long; a handshake takes its client three. */
  private static final int BURST = 20;

  private static final int PER_SECOND = 5;

  private double allowance = BURST;
  private long countedAt;

  V1Pace(long now) {
    countedAt = now;
  }

  /** Counts a request that came at {@code now}; for how long it has to wait, in nanoseconds. */
  long delay(long now) {
    allowance = Math.min(BURST, allowance + (now - countedAt) * 1e-9 * PER_SECOND) - 1;
    countedAt = now;
    return allowance >= 0 ? 0 : (long) (-allowance / PER_SECOND * 1e9);
  }
}
