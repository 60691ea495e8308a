// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import tollway.lab.Netns;
import tollway.scrooge.MeshLab.Node;

/** Tests with two nodes on one cable, {@code ab} and {@code ba}; the first one's log is printed. */
abstract class AliceAndBob {
  @TempDir Path directory;
  private @Nullable Node alice;
  private @Nullable Node bob;

  @BeforeEach
  final void build() throws IOException {
    Netns.require("ip", "nft", "ping", "wireguard-go");
    alice = new Node(directory.resolve("alice"), 1);
    bob = new Node(directory.resolve("bob"), 2);
    alice().netns.cable("ab", bob().netns, "ba");
  }

  @AfterEach
  final void tearDown(TestInfo test) throws IOException {
    if (alice != null && Files.exists(alice.log)) {
      System.err.println(test.getDisplayName() + "\n" + Files.readString(alice.log));
    }
    for (@Nullable Node node : new Node[] {alice, bob}) {
      if (node != null) {
        node.close();
      }
    }
  }

  final Node alice() {
    return Objects.requireNonNull(alice);
  }

  final Node bob() {
    return Objects.requireNonNull(bob);
  }
}
