// SPDX-License-Identifier: Apache-2.0
package tollway.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NodeStoreTest {
  private static final Instant NOON = Instant.parse("2026-05-01T12:10:00Z");

  @TempDir private Path directory;
  private Path file = Path.of("");

  @BeforeEach
  void nameTheFile() {
    file = directory.resolve("state/node.db");
  }

  @Test
  void keepsSettingsOfAKindApart() throws Exception {
    try (NodeStore store = NodeStore.open(file)) {
      store.set("weight", "alice", Optional.of("3"));
      store.set("weight", "alice", Optional.of("4"));
      store.set("weight", "bob", Optional.of("1"));
      store.set("trust", "alice", Optional.of("pinned"));
      store.set("weight", "bob", Optional.empty());
    }
    try (NodeStore store = NodeStore.open(file)) {
      assertThat(store.settings("weight")).isEqualTo(Map.of("alice", "4"));
      assertThat(store.settings("trust")).isEqualTo(Map.of("alice", "pinned"));
      assertThat(store.settings("nothing")).isEmpty();
    }
  }

  @Test
  void isReadableByItsOwnerAlone() throws Exception {
    try (NodeStore store = NodeStore.open(file)) {
      store.set("a", "b", Optional.of("c"));
      try (var files = Files.list(directory.resolve("state"))) {
        for (Path each : files.toList()) {
          assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(each)))
              .as(each.toString())
              .isEqualTo("rw-------");
        }
      }
    }
  }

  @Test
  void movesADamagedFileAsideAndBeginsAnew() throws Exception {
    try (NodeStore store = NodeStore.open(file)) {
      for (int i = 0; i < 500; i++) {
        store.set("weight", "neighbour " + i, Optional.of("x".repeat(200)));
      }
    }
    byte[] whole = Files.readAllBytes(file);
    Random random = new Random(7);
    for (int round = 0; round < 12; round++) {
      byte[] bytes = whole.clone();
      if (round < 4) {
        bytes = Arrays.copyOf(bytes, 1 + random.nextInt(bytes.length - 1)); // Half-written.
      } else if (round < 8) {
        random.nextBytes(bytes);
      } else {
        byte[] noise = new byte[4096];
        random.nextBytes(noise);
        System.arraycopy(noise, 0, bytes, 4096 * (1 + random.nextInt(8)), noise.length);
      }
      Files.write(file, bytes);
      try (NodeStore store = NodeStore.open(file)) {
        store.set("weight", "alice", Optional.of("1"));
        assertThat(store.settings("weight")).containsEntry("alice", "1");
      }
    }
    try (var files = Files.list(directory.resolve("state"))) {
      assertThat(files.map(Path::toString)).anyMatch(name -> name.contains("node.db.damaged-"));
    }
  }

  @Test
  void refusesAForeignFileAndLeavesItAlone() throws Exception {
    Files.createDirectories(directory.resolve("state"));
    try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + file);
        var statement = other.createStatement()) {
      statement.execute("CREATE TABLE theirs (x)");
    }
    byte[] before = Files.readAllBytes(file);
    assertThatThrownBy(() -> NodeStore.open(file))
        .isInstanceOf(StoreUnfitException.class)
        .hasMessage(file + " is a database of another program");
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
    Files.delete(file);
    Files.createDirectory(file);
    assertThatThrownBy(() -> NodeStore.open(file)).isInstanceOf(StoreUnfitException.class);
  }

  @Test
  void refusesALaterVersion() throws Exception {
    NodeStore.open(file).close();
    try (Connection later = DriverManager.getConnection("jdbc:sqlite:" + file);
        var statement = later.createStatement()) {
      statement.execute("PRAGMA user_version = 99");
    }
    assertThatThrownBy(() -> NodeStore.open(file))
        .isInstanceOf(StoreUnfitException.class)
        .hasMessageContaining("is of version 99");
  }

  @Test
  void worksInMemory() throws Exception {
    try (NodeStore store = NodeStore.inMemory()) {
      store.set("weight", "alice", Optional.of("1"));
      assertThat(store.settings("weight")).isEqualTo(Map.of("alice", "1"));
    }
  }

  @Test
  void looksWithoutChanging() throws Exception {
    assertThat(NodeStore.look(file)).isEmpty();
    try (NodeStore store = NodeStore.open(file)) {
      store.set("weight", "alice", Optional.of("1"));
      try (NodeStore looking = NodeStore.look(file).orElseThrow()) {
        assertThat(looking.settings("weight")).containsKey("alice");
        assertThatIOException().isThrownBy(() -> looking.set("a", "b", Optional.of("c")));
      }
    }
  }

  @Test
  void countsWhatIsNewAndNothingTwice() throws Exception {
    try (NodeStore store = NodeStore.open(file)) {
      store.count(NOON, "e1", List.of(in("e1.1", 2, 200), out("e1.2", 1, 50)));
      store.count(NOON, "e1", List.of(in("e1.1", 2, 200), out("e1.2", 1, 50)));
    }
    try (NodeStore store = NodeStore.open(file)) { // Killed, and nothing else has happened.
      store.count(NOON, "e1", List.of(in("e1.1", 5, 500), out("e1.2", 1, 50)));
      assertThat(store.usage(Instant.EPOCH, false)).containsExactly(alice(NOON, 5, 500, 1, 50));
      store.count(NOON, "e2", List.of(in("e2.1", 7, 700))); // The table was loaded anew.
      store.count(NOON, "e2", List.of(in("e2.1", 1, 100))); // Somebody reset it.
      assertThat(store.usage(Instant.EPOCH, false)).containsExactly(alice(NOON, 13, 1300, 1, 50));
      store.count(NOON, "", List.of()); // No table: nothing is known of its counters.
      store.count(NOON, "e2", List.of(in("e2.1", 1, 100)));
      assertThat(store.usage(Instant.EPOCH, false)).containsExactly(alice(NOON, 13, 1300, 1, 50));
    }
  }

  @Test
  void sumsByHourAndDayAndNeighbor() throws Exception {
    try (NodeStore store = NodeStore.open(file)) {
      store.count(NOON, "e", List.of(in("e.1", 1, 100)));
      store.count(NOON.plusSeconds(3600), "e", List.of(in("e.1", 2, 300)));
      Reading bob = new Reading("bob", "e.9", false, 1, 7);
      store.count(NOON.plusSeconds(86400), "e", List.of(in("e.1", 3, 600), bob));
      assertThat(store.usage(Instant.EPOCH, false)).hasSize(4);
      assertThat(store.usage(Instant.EPOCH, true)).hasSize(3);
      assertThat(store.usage(NOON, true).get(0).fromBytes()).isEqualTo(300);
      assertThat(store.usage(NOON.plusSeconds(86400), false))
          .extracting(Usage::neighbor)
          .containsExactly("alice", "bob");
      store.condense(NOON.plusSeconds(86400 * 37));
      assertThat(store.usage(Instant.EPOCH, false)).hasSize(3);
      assertThat(store.usage(Instant.EPOCH, true).get(0).fromBytes()).isEqualTo(300);
    }
  }

  @Test
  void refusesToKeepNovels() throws IOException {
    try (NodeStore store = NodeStore.open(file)) {
      assertThatThrownBy(() -> store.set("k", "x".repeat(300), Optional.of("v")))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static Usage alice(Instant at, long fromPackets, long from, long forPackets, long out) {
    Instant hour = Instant.ofEpochSecond(at.getEpochSecond() / 3600 * 3600);
    return new Usage("alice", hour, fromPackets, from, forPackets, out);
  }

  private static Reading in(String counter, long packets, long bytes) {
    return new Reading("alice", counter, true, packets, bytes);
  }

  private static Reading out(String counter, long packets, long bytes) {
    return new Reading("alice", counter, false, packets, bytes);
  }
}
