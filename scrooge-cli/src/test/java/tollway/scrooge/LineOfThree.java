// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import tollway.lab.Netns;

/** Tests with a lab of their own, A – B – C, whose logs stand below their name. */
abstract class LineOfThree {
  @TempDir Path directory;
  private @Nullable MeshLab built;

  @BeforeEach
  final void build() throws Exception {
    Netns.require("ip", "nft", "ping", "wireguard-go");
    built = new MeshLab(directory);
  }

  @AfterEach
  final void tearDown(TestInfo test) throws IOException {
    if (built != null) {
      System.err.println(test.getDisplayName() + "\n" + built.logs());
      built.close();
    }
  }

  final MeshLab lab() {
    return Objects.requireNonNull(built);
  }
}
