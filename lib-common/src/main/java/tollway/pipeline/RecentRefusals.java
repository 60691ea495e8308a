// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.time.Duration;
import java.util.Map;
import tollway.bounded.BoundedMaps;

/** Destinations that the egress lately said no to, in memory and not many. */
final class RecentRefusals {
  private static final int MOST = 256;
  private static final long MEMORY = Duration.ofMinutes(1).toNanos();

  private final Map<Destination, Long> refused = BoundedMaps.firstCome(MOST);

  void add(Destination destination, long now) {
    refused.put(destination, now);
  }

  boolean contains(Destination destination, long now) {
    Long then = refused.get(destination);
    return then != null && now - then < MEMORY;
  }
}
