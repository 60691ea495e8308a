// SPDX-License-Identifier: Apache-2.0
package tollway.neighbor;

import java.util.List;
import java.util.Optional;

/** What became of a neighbour, empty when it was forgotten, and what is to be done about it. */
record Step(Optional<Neighbor> next, List<NeighborEffect> effects) {
  Step {
    effects = List.copyOf(effects);
  }

  static Step to(Neighbor next, NeighborEffect... effects) {
    return new Step(Optional.of(next), List.of(effects));
  }
}
