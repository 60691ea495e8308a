// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.lab.Await;
import tollway.lab.Netns;
import tollway.scrooge.HubLab.Heard;
import tollway.scrooge.MeshLab.Node;

/** Twelve real daemons on one switch. */
final class HubIT {
  private static final int SIZE = 12;

  @TempDir private Path directory;

  @BeforeEach
  void require() {
    Netns.require("ip", "nft");
  }

  @Test
  @DisplayName(
      "W10, P5: on a hub of twelve a hello costs as many confirmations as there are others")
  void confirmationsGrowWithTheNodesAndNotWithTheirSquare() throws Exception {
    try (HubLab hub = new HubLab(directory, SIZE)) {
      for (Node node : hub.nodes) {
        node.start("eth");
      }
      Await.until("everybody knows everybody", hub::isComplete);
      Heard before = hub.heard();
      // Each hello is heard by the eleven others, each of whom answers it once.
      Await.until(
          "everybody has said hello again",
          () -> hub.heard().minus(before).toAll() > 2 * SIZE * (SIZE - 1));
      Heard all = hub.heard();
      assertThat(all.toOne()).isPositive();
      // A round may be heard and not yet answered, or the other way round, when it is counted.
      assertThat(all.minus(before).toOne())
          .isLessThanOrEqualTo(all.minus(before).toAll() + SIZE * (SIZE - 1));
      // From the first moment on: besides, each asked each once for a confirmation.
      assertThat(all.toOne()).isLessThanOrEqualTo(all.toAll() + 3L * SIZE * (SIZE - 1));
    }
  }
}
