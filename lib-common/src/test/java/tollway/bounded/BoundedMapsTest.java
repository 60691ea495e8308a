// SPDX-License-Identifier: Apache-2.0
package tollway.bounded;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class BoundedMapsTest {
  @Test
  void whoCameFirstGoesFirst() {
    Map<String, Integer> map = BoundedMaps.firstCome(2);
    map.put("a", 1);
    map.put("b", 2);
    map.put("a", 3);
    assertThat(map.get("a")).isEqualTo(3);
    map.put("c", 4);
    assertThat(map).containsOnlyKeys("b", "c");
  }

  @Test
  void whoWasUsedLastStays() {
    Map<String, Integer> map = BoundedMaps.leastRecent(2);
    map.put("a", 1);
    map.put("b", 2);
    assertThat(map.get("a")).isEqualTo(1);
    map.put("c", 4);
    assertThat(map).containsOnlyKeys("a", "c");
    map.computeIfAbsent("d", key -> 5);
    assertThat(map).containsOnlyKeys("c", "d");
  }
}
