// SPDX-License-Identifier: Apache-2.0
package tollway.crawl;

/**
 * A secret order of the numbers 0 to {@code size}-1, each once. Any place in it can be had at once,
 * so that a walk can be resumed by its number alone; and it costs no memory. A Feistel network over
 * the next power of two, walked on until it is back inside (Black and Rogaway 2002, "Ciphers with
 * Arbitrary Finite Domains").
 */
final class Permutation {
  private static final int ROUNDS = 6;

  private final long size;
  private final long key;
  private final int leftBits;
  private final int rightBits;

  Permutation(long size, long key) {
    if (size < 1 || size > 1L << 40) {
      throw new IllegalArgumentException("nothing to put in order, or too much");
    }
    this.size = size;
    this.key = key;
    int bits = Math.max(2, 64 - Long.numberOfLeadingZeros(size - 1));
    leftBits = bits / 2;
    rightBits = bits - leftBits;
  }

  /** The number at {@code place}, 0 to {@code size}-1. */
  long at(long place) {
    if (place < 0 || place >= size) {
      throw new IllegalArgumentException("no place in this order: " + place);
    }
    long number = place;
    do {
      number = shuffled(number);
    } while (number >= size);
    return number;
  }

  private long shuffled(long number) {
    long left = number >>> rightBits;
    long right = number & mask(rightBits);
    for (int round = 0; round < ROUNDS; round += 2) {
      left ^= mix(right, round) & mask(leftBits);
      right ^= mix(left, round + 1) & mask(rightBits);
    }
    return left << rightBits | right;
  }

  private static long mask(int bits) {
    return (1L << bits) - 1;
  }

  /** The finaliser of SplitMix64; unpredictable enough for an order of visits. */
  private long mix(long half, int round) {
    long z = half + key + (round + 1) * 0x9e3779b97f4a7c15L;
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }
}
