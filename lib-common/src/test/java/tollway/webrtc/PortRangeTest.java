// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class PortRangeTest {
  @Test
  void triesEveryPortOnce() {
    assertThat(all(new PortRange(5000, 5004, new Random(1))))
        .containsExactlyInAnyOrder(5000, 5001, 5002, 5003, 5004);
  }

  @Test
  void leavesTheChoiceToTheSystemOnce() {
    assertThat(all(new PortRange(0, 0, new Random(1)))).containsExactly(0);
  }

  @Test
  void givesUpInAHugeRange() {
    assertThat(all(new PortRange(1, 65535, new Random(1))))
        .hasSize(1024)
        .doesNotHaveDuplicates()
        .allMatch(port -> port >= 1 && port <= 65535);
  }

  private static List<Integer> all(PortRange range) {
    List<Integer> ports = new ArrayList<>();
    while (range.hasNext()) {
      ports.add(range.next());
    }
    return ports;
  }
}
