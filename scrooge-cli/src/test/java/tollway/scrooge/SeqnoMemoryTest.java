// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.identity.Identity;
import tollway.identity.NodeId;
import tollway.loop.ManualEventLoop;
import tollway.neighbor.Neighborhood;
import tollway.store.NodeStore;

final class SeqnoMemoryTest {
  private static final Identity ALICE = Hermit.identity(1);
  private static final NodeId BOB = Hermit.identity(2).nodeId();

  private final ManualEventLoop loop = new ManualEventLoop();

  @Test
  @DisplayName("P6: what a neighbour said to an earlier run is remembered by the next")
  void numbersOutliveTheProcess(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("node.db");
    try (NodeStore store = NodeStore.open(file)) {
      Neighborhood before = Hermit.neighborhood(loop, ALICE);
      before.recall(false, Map.of(BOB, 41L));
      before.recall(true, Map.of(BOB, 42L));
      new SeqnoMemory(loop, loop, before, store).keep();
      loop.runReady();
    }
    try (NodeStore store = NodeStore.open(file)) {
      store.set("seqno", "no key", java.util.Optional.of("7"));
      Neighborhood after = Hermit.neighborhood(loop, ALICE);
      SeqnoMemory memory = new SeqnoMemory(loop, loop, after, store);
      memory.recall();
      assertThat(after.highestSeqnos(false)).isEqualTo(Map.of(BOB, 41L));
      assertThat(after.highestSeqnos(true)).isEqualTo(Map.of(BOB, 42L));
      after.forget(BOB);
      memory.keep();
      loop.runReady();
      assertThat(store.settings("seqno")).isEmpty();
    }
  }
}
