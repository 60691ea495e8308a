// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import tollway.neighbor.Neighbor;
import tollway.neighbor.Neighborhood;

/**
 * Gives tunnels fresh keys before they are older than a period, one after the other. The smaller
 * public key begins; the larger does when the other end does not rotate.
 */
final class TunnelRotation {
  /** How often to look; at most one tunnel is renewed each time. */
  static final Duration PACE = Duration.ofSeconds(1);

  private final Neighborhood neighborhood;
  private final Duration period;

  TunnelRotation(Neighborhood neighborhood, Duration period) {
    this.neighborhood = neighborhood;
    this.period = period;
  }

  void tick() {
    Instant now = neighborhood.now();
    neighborhood.snapshot().stream()
        .filter(Neighbor::mayForward)
        .filter(neighbor -> !now.isBefore(since(neighbor).plus(age(neighbor))))
        .min(Comparator.comparing(TunnelRotation::since))
        .ifPresent(oldest -> neighborhood.refresh(oldest.id()));
  }

  private Duration age(Neighbor neighbor) {
    return neighbor.weOpen() ? period : period.plus(period.dividedBy(10));
  }

  private static Instant since(Neighbor neighbor) {
    return neighbor.attempt().orElseThrow().since();
  }
}
