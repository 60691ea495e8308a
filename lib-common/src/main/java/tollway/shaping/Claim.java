// SPDX-License-Identifier: Apache-2.0
package tollway.shaping;

import java.util.Optional;

/**
 * What a neighbour may expect of the share: a part by {@code weight}, never less than {@code floor}
 * while the share lasts, never more than {@code ceil}.
 */
public record Claim(double weight, Optional<Rate> floor, Optional<Rate> ceil) {
  public static final double MAX_WEIGHT = 1_000_000;

  public Claim {
    if (!(weight >= 0 && weight <= MAX_WEIGHT)) {
      throw new IllegalArgumentException("not a weight: " + weight);
    }
    if (floor.isPresent() && ceil.isPresent() && floor.get().compareTo(ceil.get()) > 0) {
      throw new IllegalArgumentException("floor above ceil");
    }
  }

  public static Claim of(double weight) {
    return new Claim(weight, Optional.empty(), Optional.empty());
  }
}
