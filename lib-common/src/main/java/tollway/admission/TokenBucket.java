// SPDX-License-Identifier: Apache-2.0
package tollway.admission;

/**
 * An allowance of so many a second, of which some may be saved up. Times are steady nanoseconds.
 */
public final class TokenBucket {
  private static final double NANOS = 1e9;

  private final double perNano;
  private final double most;
  private double tokens;
  private long last;

  public TokenBucket(double perSecond, double most, long now) {
    perNano = perSecond / NANOS;
    this.most = most;
    tokens = most;
    last = now;
  }

  /** Whether there is one to take. */
  public boolean has(long now) {
    tokens = Math.min(most, tokens + (now - last) * perNano);
    last = now;
    return tokens >= 1;
  }

  /** Takes one, if there is one. */
  public boolean take(long now) {
    if (!has(now)) {
      return false;
    }
    tokens--;
    return true;
  }

  /** Takes so many whether or not they are there: what is missing must be earned first. */
  public void spend(double count) {
    tokens -= count;
  }

  /** In how many nanoseconds there is one to take, if nobody takes any; 0: now. */
  public long nanosUntilOne(long now) {
    return has(now) ? 0 : (long) Math.ceil((1 - tokens) / perNano);
  }
}
