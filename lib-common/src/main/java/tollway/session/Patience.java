// SPDX-License-Identifier: Apache-2.0
package tollway.session;

import java.time.Duration;

/**
 * How long a packet that was overtaken is worth waiting for: half as long again as the latest of
 * late took that did arrive. Too long, and each lost packet holds up all that follow it, which
 * QUIC's BBR takes for a slower path; too short, and packets that are only late are sent again.
 * Times are in nanoseconds.
 */
final class Patience {
  static final long MOST = Duration.ofMillis(100).toNanos();
  private static final long LEAST = Duration.ofMillis(10).toNanos();
  private static final long FIRST = Duration.ofMillis(30).toNanos();

  /** The longest wait of late is forgotten in about this time. */
  private static final double MEMORY = 500e6;

  private double longest = FIRST / 1.5;
  private long learntAt;

  Patience(long now) {
    learntAt = now;
  }

  long nanos() {
    return Math.max(LEAST, Math.min(MOST, (long) (1.5 * longest)));
  }

  /** Something came after {@code waited}. */
  void filled(long waited, long now) {
    longest = Math.max((double) waited, longest * Math.exp(-(now - learntAt) / MEMORY));
    learntAt = now;
  }

  /** Something came that was no longer waited for. */
  void tooShort(long now) {
    filled(nanos(), now);
  }
}
