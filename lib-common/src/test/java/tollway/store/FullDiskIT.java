// SPDX-License-Identifier: Apache-2.0
package tollway.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.exec.HostCommand;

/** On a disk that is really full. */
final class FullDiskIT {
  @TempDir private Path directory;

  @Test
  void losesNothingThatWasKeptBefore() throws Exception {
    Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "needs root to mount");
    HostCommand.run(
        List.of("mount", "-t", "tmpfs", "-o", "size=512k", "tollway", directory.toString()));
    try {
      Path file = directory.resolve("node.db");
      try (NodeStore store = NodeStore.open(file)) {
        store.set("weight", "alice", Optional.of("3"));
        fill(directory.resolve("filler"));
        assertThatIOException()
            .isThrownBy(
                () -> {
                  for (int i = 0; i < 500; i++) {
                    store.set("weight", "neighbour " + i, Optional.of("x".repeat(2000)));
                  }
                })
            .withMessageContaining("full");
        assertThat(store.settings("weight")).containsEntry("alice", "3");
        Files.delete(directory.resolve("filler"));
        store.set("weight", "bob", Optional.of("1"));
      }
      try (NodeStore store = NodeStore.open(file)) {
        assertThat(store.settings("weight")).containsEntry("alice", "3").containsEntry("bob", "1");
      }
      try (var files = Files.list(directory)) {
        assertThat(files.map(Path::toString)).noneMatch(name -> name.contains("damaged"));
      }
    } finally {
      HostCommand.run(List.of("umount", directory.toString()));
    }
  }

  private static void fill(Path filler) throws IOException {
    byte[] block = new byte[4096];
    try (OutputStream out = Files.newOutputStream(filler)) {
      for (int i = 0; i < 1000; i++) {
        out.write(block);
      }
      throw new AssertionError("that disk has no end");
    } catch (IOException full) {
      assertThat(full).hasMessageContaining("space");
    }
  }
}
