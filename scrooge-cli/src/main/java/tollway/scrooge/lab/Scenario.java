// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge.lab;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A mesh, and what is done to it. {@code limit} bounds the whole of it, in seconds. */
public record Scenario(
    String name,
    String about,
    Topology topology,
    Map<Integer, Setting> settings,
    int limit,
    List<Step> steps) {
  public Scenario {
    settings = Map.copyOf(settings);
    steps = List.copyOf(steps);
  }

  /** What one node sells: bits a second to all neighbours together, and weights by neighbour. */
  public record Setting(Optional<Integer> shareMbit, Map<Integer, Integer> weights) {
    public Setting {
      weights = Map.copyOf(weights);
    }
  }
}
