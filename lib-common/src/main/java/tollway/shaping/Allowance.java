// SPDX-License-Identifier: Apache-2.0
package tollway.shaping;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A token bucket that lends: whoever finds it above zero may take more than there is, and the next
 * waits until that is paid back. So the rate is exact however long a frame is. Times are steady
 * nanoseconds.
 */
final class Allowance {
  /** What may be saved up: a loop that comes late, for a collection say, loses nothing. */
  private static final double SAVED_SECONDS = 0.05;

  private static final double LEAST_SAVED = 4096;
  private static final double NANOS = 1e9;

  private @Nullable Rate rate;
  private double tokens;
  private long last;

  /** Begins with nothing saved; empty stands for no limit. */
  void limit(Optional<Rate> limit, long now) {
    settle(now);
    if (rate == null) {
      tokens = 0;
    }
    rate = limit.orElse(null);
    last = now;
  }

  boolean isLimited() {
    return rate != null;
  }

  /** The bytes per second, or infinity. */
  double perSecond() {
    Rate now = rate;
    return now == null ? Double.POSITIVE_INFINITY : now.bytesPerSecond();
  }

  boolean has(long now) {
    settle(now);
    return rate == null || tokens > 0;
  }

  void take(int bytes) {
    tokens -= bytes;
  }

  /** How long until there is something again; only while there is a limit. */
  long nanosUntil() {
    return tokens > 0 ? 0 : (long) Math.ceil((1 - tokens) / perSecond() * NANOS);
  }

  private void settle(long now) {
    Rate current = rate;
    if (current != null) {
      double most = Math.max(LEAST_SAVED, current.bytesPerSecond() * SAVED_SECONDS);
      tokens = Math.min(most, tokens + (now - last) * (current.bytesPerSecond() / NANOS));
    }
    last = now;
  }
}
