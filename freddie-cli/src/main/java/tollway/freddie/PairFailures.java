// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.util.Map;
import java.util.function.LongSupplier;
import tollway.bounded.BoundedMaps;
import tollway.identity.NodeId;

/** Which pairs could not connect a while ago; the oldest are forgotten when there are too many. */
final class PairFailures {
  /** For so long, in nanoseconds. */
  static final long MEMORY = 60_000_000_000L;

  private static final int MOST = 10_000;

  private record Pair(NodeId consumer, NodeId producer) {}

  private final LongSupplier nanoTime;
  private final Map<Pair, Long> failures = BoundedMaps.firstCome(MOST);

  PairFailures(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  void add(NodeId consumer, NodeId producer) {
    Pair pair = new Pair(consumer, producer);
    failures.remove(pair);
    failures.put(pair, nanoTime.getAsLong());
  }

  boolean isRecent(NodeId consumer, NodeId producer) {
    if (failures.isEmpty()) {
      return false;
    }
    Long failedAt = failures.get(new Pair(consumer, producer));
    return failedAt != null && nanoTime.getAsLong() - failedAt <= MEMORY;
  }
}
