// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.dtls;

/** Which records of an epoch have come (RFC 6347 §4.1.2.6); wide, for fast paths reorder much. */
final class ReplayWindow {
  static final int SIZE = 1024;

  private final long[] bits = new long[SIZE / 64];
  private long highest = -1;

  /** Whether a record of this number has come, or is too old to tell. */
  boolean isRepeated(long number) {
    return number <= highest - SIZE
        || (number <= highest && (bits[word(number)] & (1L << number)) != 0);
  }

  /** Call only with what was authenticated and is not repeated. */
  void add(long number) {
    if (number > highest) {
      clear(Math.max(highest + 1, number - SIZE + 1), number);
      highest = number;
    }
    bits[word(number)] |= 1L << number;
  }

  private void clear(long from, long to) {
    for (long number = from; number <= to; number++) {
      bits[word(number)] &= ~(1L << number);
    }
  }

  private static int word(long number) {
    return (int) (number % SIZE) >>> 6;
  }
}
