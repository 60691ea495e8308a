// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.util.Arrays;
import java.util.Optional;

/** Which producers somebody has met since the hour began; the first meeting after it begins one. */
final class Meetings {
  private static final long HOUR = 3_600_000_000_000L;

  private long[] met = new long[4];
  private int size;
  private long since;

  Meetings(long nanoTime) {
    since = nanoTime;
  }

  void add(long producer, long nanoTime) {
    if (isOver(nanoTime)) {
      size = 0;
      since = nanoTime;
    }
    if (has(producer)) {
      return;
    }
    if (size == met.length) {
      met = Arrays.copyOf(met, 2 * size);
    }
    met[size++] = producer;
  }

  /** Whether one more may be met, if there may be {@code most}. */
  boolean lets(Client producer, int most, long nanoTime) {
    return size < most || isOver(nanoTime) || has(producer.mark);
  }

  /** Those that may be met still, when there may be {@code most}; empty: anybody. */
  Optional<long[]> only(int most, long nanoTime) {
    return size < most || isOver(nanoTime)
        ? Optional.empty()
        : Optional.of(Arrays.copyOf(met, size));
  }

  private boolean isOver(long nanoTime) {
    return nanoTime - since >= HOUR;
  }

  private boolean has(long producer) {
    for (int i = 0; i < size; i++) {
      if (met[i] == producer) {
        return true;
      }
    }
    return false;
  }
}
