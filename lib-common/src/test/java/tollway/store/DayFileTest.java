// SPDX-License-Identifier: Apache-2.0
package tollway.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DayFileTest {
  @TempDir private Path directory;

  @Test
  void whatWasWrittenIsReadAndLeavesNothingBeside() throws Exception {
    Path file = directory.resolve("state").resolve("relayed");
    assertThat(DayFile.read(file)).isEmpty();
    SortedMap<LocalDate, Long> days =
        new TreeMap<>(
            Map.of(LocalDate.of(2026, 5, 4), 0L, LocalDate.of(2026, 5, 5), 123_456_789_012L));
    DayFile.write(file, days);
    assertThat(DayFile.read(file)).isEqualTo(days);
    assertThat(Files.readString(file)).isEqualTo("2026-05-04 0\n2026-05-05 123456789012\n");
    days.put(LocalDate.of(2026, 5, 6), 7L);
    DayFile.write(file, days);
    assertThat(DayFile.read(file)).hasSize(3);
    try (var files = Files.list(file.resolveSibling(""))) {
      assertThat(files).containsExactly(file);
    }
    assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
  }

  @Test
  void anythingElseIsRefused() throws Exception {
    Path file = directory.resolve("relayed");
    for (String text : new String[] {"x", "2026-13-01 5\n", "2026-05-04 -1\n", "2026-05-04 5 \n"}) {
      Files.writeString(file, text);
      assertThatThrownBy(() -> DayFile.read(file))
          .isInstanceOf(StoreUnfitException.class)
          .hasMessageContaining("damaged");
    }
    Random random = new Random(7);
    for (int i = 0; i < 2000; i++) {
      byte[] noise = new byte[random.nextInt(200)];
      random.nextBytes(noise);
      Files.write(file, noise);
      try {
        DayFile.read(file);
      } catch (StoreUnfitException expected) {
        assertThat(expected).hasMessageContaining("damaged");
      }
    }
  }
}
