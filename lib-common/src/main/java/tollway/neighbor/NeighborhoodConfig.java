// SPDX-License-Identifier: Apache-2.0
package tollway.neighbor;

import java.time.Duration;

/**
 * How many neighbours we keep, in all and on one link, how many tunnels, how often we say hello.
 */
public record NeighborhoodConfig(
    int neighbors, int perLink, int tunnels, Duration helloPeriod, Scrooge2 scrooge2) {
  public static final NeighborhoodConfig DEFAULT =
      new NeighborhoodConfig(1024, 256, 64, Duration.ofSeconds(5), Scrooge2.OFF);

  /** How many hellos may be missed. */
  private static final int MISSED = 3;

  public NeighborhoodConfig {
    if (neighbors < 1 || perLink < 1 || tunnels < 1 || helloPeriod.toMillis() < 100) {
      throw new IllegalArgumentException("a neighborhood needs room and some rest");
    }
  }

  public NeighborhoodConfig withTunnels(int limit) {
    return new NeighborhoodConfig(neighbors, perLink, limit, helloPeriod, scrooge2);
  }

  public NeighborhoodConfig with(Scrooge2 mode) {
    return new NeighborhoodConfig(neighbors, perLink, tunnels, helloPeriod, mode);
  }

  /** {@link #MISSED} hellos at their slowest. */
  Duration silence() {
    return helloPeriod.multipliedBy(12 * MISSED).dividedBy(10);
  }
}
