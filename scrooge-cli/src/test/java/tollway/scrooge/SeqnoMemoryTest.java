// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.bytes.Bytes;
import tollway.identity.Identity;
import tollway.identity.NodeId;
import tollway.loop.ManualEventLoop;
import tollway.neighbor.NeighborEffect;
import tollway.neighbor.NeighborId;
import tollway.neighbor.Neighborhood;
import tollway.neighbor.NeighborhoodConfig;
import tollway.neighbor.Surroundings;
import tollway.store.NodeStore;
import tollway.wire.Endpoint;

final class SeqnoMemoryTest {
  private static final NodeId BOB = identity(2).nodeId();

  private final ManualEventLoop loop = new ManualEventLoop();

  private static Identity identity(int number) {
    return Identity.ofSeed(Bytes.of(new byte[31]).plus(Bytes.of((byte) number)));
  }

  private Neighborhood hood() {
    return new Neighborhood(
        loop,
        identity(1),
        NeighborhoodConfig.DEFAULT,
        new AtomicLong()::incrementAndGet,
        new Random(1),
        new Surroundings() {
          @Override
          public void multicast(String link, Bytes datagram) {}

          @Override
          public void send(String link, Endpoint to, Bytes datagram) {}

          @Override
          public void multicastAside(String link, Bytes datagram) {}

          @Override
          public void sendAside(String link, Endpoint to, Bytes datagram) {}

          @Override
          public boolean isOnLink(String link, Bytes address) {
            return false;
          }

          @Override
          public void perform(NeighborId id, NeighborEffect.Tunnel effect) {}
        });
  }

  @Test
  @DisplayName("P6: what a neighbour said to an earlier run is remembered by the next")
  void numbersOutliveTheProcess(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("node.db");
    try (NodeStore store = NodeStore.open(file)) {
      Neighborhood before = hood();
      before.recall(false, Map.of(BOB, 41L));
      before.recall(true, Map.of(BOB, 42L));
      new SeqnoMemory(loop, loop, before, store).keep();
      loop.runReady();
    }
    try (NodeStore store = NodeStore.open(file)) {
      store.set("seqno", "no key", java.util.Optional.of("7"));
      Neighborhood after = hood();
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
