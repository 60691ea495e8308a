// SPDX-License-Identifier: Apache-2.0
package tollway.stun;

import java.net.InetAddress;

/**
 * How often each source may be answered: a token bucket per IPv4 address or IPv6 /64. The buckets
 * are a fixed table under a secret hash, so that no number of sources makes it grow; two sources
 * that share a bucket share its rate.
 */
final class SourceBudget {
  /** A power of two; 12 bytes each. */
  private static final int BUCKETS = 1 << 14;

  private final int burst;
  private final double perNano;
  private final long secret;
  private final float[] tokens = new float[BUCKETS];
  private final long[] filledAt = new long[BUCKETS];

  SourceBudget(int burst, int perSecond, long secret, long nanoTime) {
    this.burst = burst;
    this.perNano = perSecond / 1e9;
    this.secret = secret;
    java.util.Arrays.fill(tokens, burst);
    java.util.Arrays.fill(filledAt, nanoTime);
  }

  /** Takes a token of {@code source}; false: it had its share. */
  boolean admits(InetAddress source, long nanoTime) {
    int bucket = bucket(source.getAddress());
    double earned = Math.max(0, nanoTime - filledAt[bucket]) * perNano;
    float now = (float) Math.min(burst, tokens[bucket] + earned);
    filledAt[bucket] = nanoTime;
    boolean enough = now >= 1;
    tokens[bucket] = enough ? now - 1 : now;
    return enough;
  }

  private int bucket(byte[] address) {
    long key = 0;
    // Whoever has one IPv6 address has its /64.
    for (int i = 0; i < Math.min(8, address.length); i++) {
      key = key << 8 | (address[i] & 0xff);
    }
    long hash = (key ^ secret) * 0x9e3779b97f4a7c15L;
    hash = (hash ^ hash >>> 32) * (secret | 1);
    return (int) (hash >>> 40) & (BUCKETS - 1);
  }
}
