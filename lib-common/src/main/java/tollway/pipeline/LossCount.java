// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import tollway.session.PacketCount;
import tollway.session.PathSnapshot;

/** How many packets got lost one way since it was made, on the paths that are still there. */
final class LossCount {
  private final Supplier<List<PathSnapshot>> paths;
  private final Function<PathSnapshot, PacketCount> way;
  private final List<PathSnapshot> before;

  /** {@code way} chooses the direction. */
  LossCount(Supplier<List<PathSnapshot>> paths, Function<PathSnapshot, PacketCount> way) {
    this.paths = paths;
    this.way = way;
    before = paths.get();
  }

  /** The share of all packets, 0 to 1; empty when none were counted. */
  OptionalDouble share() {
    long arrived = increase(PacketCount::arrived);
    long missing = Math.max(0, increase(PacketCount::missing));
    return arrived <= 0
        ? OptionalDouble.empty()
        : OptionalDouble.of((double) missing / (arrived + missing));
  }

  private long increase(ToLongFunction<PacketCount> count) {
    long sum = 0;
    for (PathSnapshot now : paths.get()) {
      PacketCount was =
          before.stream()
              .filter(path -> path.label().equals(now.label()))
              .findFirst()
              .map(way)
              .orElse(PacketCount.NONE);
      sum += count.applyAsLong(way.apply(now)) - count.applyAsLong(was);
    }
    return sum;
  }
}
