// SPDX-License-Identifier: Apache-2.0
package tollway.neighbor;

/**
 * An allowance of so many a second, of which some may be saved up. Times are steady nanoseconds.
 */
final class TokenBucket {
  private static final double NANOS = 1e9;

  private final double perNano;
  private final double most;
  private double tokens;
  private long last;

  TokenBucket(double perSecond, double most, long now) {
    perNano = perSecond / NANOS;
    this.most = most;
    tokens = most;
    last = now;
  }

  /** Whether there is one to take. */
  boolean has(long now) {
    tokens = Math.min(most, tokens + (now - last) * perNano);
    last = now;
    return tokens >= 1;
  }

  /** Takes one, if there is one. */
  boolean take(long now) {
    if (!has(now)) {
      return false;
    }
    tokens--;
    return true;
  }
}
