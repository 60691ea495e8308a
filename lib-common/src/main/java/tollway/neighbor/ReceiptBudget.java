// SPDX-License-Identifier: Apache-2.0
package tollway.neighbor;

import java.util.Map;
import tollway.admission.TokenBucket;
import tollway.bounded.BoundedMaps;
import tollway.bytes.Bytes;

/**
 * How many signatures we check: so many for each source, so many in all, and neighbours we know
 * have an allowance of their own, which strangers cannot use up.
 */
public final class ReceiptBudget {
  private static final int SOURCES = 1024;
  private static final double PER_SOURCE = 20;
  private static final double SOURCE_BURST = 40;
  private static final double STRANGERS = 500;
  private static final double ACQUAINTANCES = 3000;

  private final Map<Source, TokenBucket> sources = BoundedMaps.leastRecent(SOURCES);
  private final TokenBucket strangers;
  private final TokenBucket acquaintances;

  private record Source(String link, Bytes address, boolean known) {}

  public ReceiptBudget(long now) {
    strangers = new TokenBucket(STRANGERS, STRANGERS, now);
    acquaintances = new TokenBucket(ACQUAINTANCES, ACQUAINTANCES, now);
  }

  /** Whether one more signature may be checked. {@code known}: this source is that neighbour's. */
  public boolean take(String link, Bytes address, boolean known, long now) {
    TokenBucket own =
        sources.computeIfAbsent(
            new Source(link, address, known),
            fresh -> new TokenBucket(PER_SOURCE, SOURCE_BURST, now));
    return own.take(now) && (known ? acquaintances : strangers).take(now);
  }
}
