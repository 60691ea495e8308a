// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What was measured between a desktop and its egress.
 *
 * @param roundTrips one after the other; at least one
 * @param paths ways to the egress at the end
 */
public record SpeedResult(List<Duration> roundTrips, Flow down, Flow up, int paths) {
  /**
   * One direction.
   *
   * @param bytes payload that arrived
   * @param time how long that took
   * @param loss of the packets on the way, 0 to 1; empty when none were counted
   */
  public record Flow(long bytes, Duration time, OptionalDouble loss) {
    public double bitsPerSecond() {
      return time.isZero() ? 0 : bytes * 8e9 / time.toNanos();
    }
  }

  public SpeedResult {
    roundTrips = List.copyOf(roundTrips);
    if (roundTrips.isEmpty()) {
      throw new IllegalArgumentException("a round trip at least");
    }
  }

  public double leastMillis() {
    return sorted().get(0).toNanos() / 1e6;
  }

  public double medianMillis() {
    return sorted().get(roundTrips.size() / 2).toNanos() / 1e6;
  }

  /** By how much one round trip differs from the next, on the average (RFC 3393's variation). */
  public double jitterMillis() {
    double sum = 0;
    for (int i = 1; i < roundTrips.size(); i++) {
      sum += Math.abs(roundTrips.get(i).minus(roundTrips.get(i - 1)).toNanos() / 1e6);
    }
    return roundTrips.size() < 2 ? 0 : sum / (roundTrips.size() - 1);
  }

  private List<Duration> sorted() {
    return roundTrips.stream().sorted().toList();
  }
}
