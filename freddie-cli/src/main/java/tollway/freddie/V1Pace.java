// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import tollway.admission.TokenBucket;

/** How soon the next request of one connection is looked at. */
final class V1Pace {
  /** So many at once, and so many a second for long; a handshake takes its client three. */
  private static final int BURST = 20;

  private static final int PER_SECOND = 5;

  private final TokenBucket bucket;

  V1Pace(long now) {
    bucket = new TokenBucket(PER_SECOND, BURST, now);
  }

  /** Counts a request that came at {@code now}; for how long it has to wait, in nanoseconds. */
  long delay(long now) {
    long wait = bucket.nanosUntilOne(now);
    bucket.spend(1);
    return wait;
  }
}
