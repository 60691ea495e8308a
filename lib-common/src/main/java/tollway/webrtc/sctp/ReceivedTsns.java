// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.sctp;

import java.util.ArrayList;
import java.util.List;
import tollway.webrtc.sctp.Chunk.Gap;

/** Which TSNs have arrived: all up to the cumulative one, and a bounded window beyond it. */
final class ReceivedTsns {
  static final int WINDOW = 16384;

  private static final int MASK = WINDOW - 1;

  private final long[] bits = new long[WINDOW / 64];
  private int cumulative;
  private int highest;

  ReceivedTsns(int firstTsn) {
    cumulative = firstTsn - 1;
    highest = cumulative;
  }

  int cumulative() {
    return cumulative;
  }

  boolean hasGaps() {
    return highest != cumulative;
  }

  boolean isDuplicate(int tsn) {
    return !Serial.before(cumulative, tsn) || (isWithinWindow(tsn) && isSet(tsn));
  }

  boolean isWithinWindow(int tsn) {
    int distance = tsn - cumulative;
    return distance > 0 && distance < WINDOW;
  }

  /** Call only with what is new and within the window. */
  void add(int tsn) {
    if (tsn == cumulative + 1) {
      cumulative = tsn;
      if (highest == tsn - 1) {
        highest = tsn;
      } else {
        clear(tsn);
        advance();
      }
      return;
    }
    bits[(tsn & MASK) >>> 6] |= 1L << tsn;
    if (Serial.before(highest, tsn)) {
      highest = tsn;
    }
  }

  /** Takes everything up to {@code tsn}, which must be within the window, as arrived. */
  void forwardTo(int tsn) {
    while (cumulative != tsn) {
      cumulative++;
      clear(cumulative);
    }
    if (Serial.before(highest, cumulative)) {
      highest = cumulative;
    }
    advance();
  }

  List<Gap> gaps(int max) {
    List<Gap> gaps = new ArrayList<>();
    int tsn = nextSet(cumulative + 1);
    while (!Serial.before(highest, tsn) && gaps.size() < max) {
      int end = nextClear(tsn) - 1;
      gaps.add(new Gap(tsn - cumulative, end - cumulative));
      tsn = nextSet(end + 1);
    }
    return gaps;
  }

  private void advance() {
    while (highest != cumulative && isSet(cumulative + 1)) {
      cumulative++;
      clear(cumulative);
    }
  }

  /** The first arrived TSN from {@code tsn} on, or one beyond the highest. */
  private int nextSet(int tsn) {
    while (!Serial.before(highest, tsn)) {
      long word = bits[(tsn & MASK) >>> 6] >>> tsn;
      if (word != 0) {
        return tsn + Long.numberOfTrailingZeros(word);
      }
      tsn = (tsn | 63) + 1;
    }
    return highest + 1;
  }

  private int nextClear(int tsn) {
    while (!Serial.before(highest, tsn)) {
      long word = ~bits[(tsn & MASK) >>> 6] >>> tsn;
      if (word != 0) {
        return tsn + Long.numberOfTrailingZeros(word);
      }
      tsn = (tsn | 63) + 1;
    }
    return highest + 1;
  }

  private boolean isSet(int tsn) {
    return (bits[(tsn & MASK) >>> 6] & (1L << tsn)) != 0;
  }

  private void clear(int tsn) {
    bits[(tsn & MASK) >>> 6] &= ~(1L << tsn);
  }
}
