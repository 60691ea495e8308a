// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.net.InetAddress;
import java.util.Map;
import java.util.function.LongSupplier;
import tollway.admission.TokenBucket;
import tollway.bounded.BoundedMaps;

/**
 * How many offers may come from one site, by whatever connections: an answer to one tells where a
 * volunteer is, and nobody shall learn that of all of them. As many as a site of version 2 may meet
 * volunteers in an hour. A front speaks for many. Any thread.
 */
final class V1Offers {
  private static final double PER_SECOND = DonorQuota.PER_SITE / 3600.0;

  /** Sites that are remembered, those which offered last. */
  private static final int MOST_SITES = 2_000;

  private final LongSupplier nanoTime;
  private final Map<String, TokenBucket> bySite = BoundedMaps.leastRecent(MOST_SITES);

  /** {@code nanoTime} is monotonic. */
  V1Offers(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Whether one more may be made; it is counted then. */
  synchronized boolean take(InetAddress from) {
    long now = nanoTime.getAsLong();
    return Origin.isFront(from)
        || bySite
            .computeIfAbsent(
                V1Crowd.site(from), fresh -> new TokenBucket(PER_SECOND, DonorQuota.PER_SITE, now))
            .take(now);
  }
}
