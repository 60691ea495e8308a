// SPDX-License-Identifier: Apache-2.0
package tollway.neighbor;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Our own sequence numbers: always higher than before, also after a crash, a lost state directory
 * or a clock that was set back, as long as one of the two remembers.
 */
public final class SeqnoSource {
  /** One hour of microseconds: what a reservation on disk covers. */
  public static final long RESERVATION = 3_600_000_000L;

  private long last;

  /** {@code floor}: what an earlier run may have used, 0 when nobody knows. */
  public SeqnoSource(long floor) {
    last = floor;
  }

  /** The larger of the last one plus one and the wall clock in microseconds. */
  public long next(Instant wall) {
    last = Math.max(last + 1, ChronoUnit.MICROS.between(Instant.EPOCH, wall));
    return last;
  }

  /** What the disk must say before the numbers below it are used. */
  public long reservation() {
    return last + RESERVATION;
  }
}
