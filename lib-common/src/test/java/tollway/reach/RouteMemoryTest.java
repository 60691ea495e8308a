// SPDX-License-Identifier: Apache-2.0
package tollway.reach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.bytes.MalformedBytesException;
import tollway.lab.Await;

/** What worked last, from one start to the next. */
final class RouteMemoryTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static final Route FIRST = Route.of(URI.create("https://one.example"));
  private static final Route SECOND = Route.of(URI.create("https://two.example#front=cdn.example"));

  @TempDir private Path directory;

  @Test
  void theNextStartBeginsWithWhatWorkedLast() throws Exception {
    Path file = directory.resolve("state").resolve("routes");
    RouteMemory memory = RouteMemory.load(file, NOW);
    assertThat(memory.best(List.of(FIRST, SECOND))).isZero();
    memory.worked(FIRST, NOW);
    Await.until("it is written down", () -> Files.exists(file));
    memory.worked(SECOND, NOW.plusSeconds(1));
    assertThat(memory.best(List.of(FIRST, SECOND))).isEqualTo(1);
    Await.until("so is this", () -> Files.readString(file).lines().count() == 3);
    assertThat(Files.readString(file)).doesNotContain("example");
    RouteMemory next = RouteMemory.load(file, NOW.plusSeconds(60));
    assertThat(next.best(List.of(FIRST, SECOND))).isEqualTo(1);
    assertThat(next.best(List.of(SECOND, FIRST))).isZero();
    Upstream proxy = Upstream.parse("socks5://127.0.0.1:9050", Optional.empty());
    assertThat(next.best(List.of(FIRST, SECOND.by(proxy)))).isZero();
    Instant late = NOW.plus(RouteMemory.KEPT).plusSeconds(2);
    assertThat(RouteMemory.load(file, late).best(List.of(FIRST, SECOND))).isZero();
  }

  @Test
  void itDoesNotGrow() throws Exception {
    Path file = directory.resolve("routes");
    RouteMemory memory = RouteMemory.load(file, NOW);
    for (int i = 0; i < 40; i++) {
      Path before = file;
      Route route = Route.of(URI.create("https://f" + i + ".example"));
      String was = Files.exists(before) ? Files.readString(before) : "";
      memory.worked(route, NOW.plusSeconds(i));
      Await.until(
          "it is written down", () -> Files.exists(file) && !was.equals(Files.readString(file)));
    }
    assertThat(Files.readString(file).lines()).hasSize(1 + RouteMemory.MOST);
    RouteMemory next = RouteMemory.load(file, NOW.plusSeconds(60));
    Route last = Route.of(URI.create("https://f39.example"));
    assertThat(next.best(List.of(FIRST, last))).isEqualTo(1);
  }

  @Test
  void aDamagedFileIsIgnoredAndReplaced() throws Exception {
    for (String damaged : List.of("", "x", "tollway-routes-1", "tollway-routes-1\nx 1\n")) {
      Path file = directory.resolve("routes");
      Files.writeString(file, damaged);
      RouteMemory memory = RouteMemory.load(file, NOW);
      assertThat(memory.best(List.of(FIRST, SECOND))).isZero();
      memory.worked(SECOND, NOW);
      Await.until("it is replaced", () -> !Files.readString(file).equals(damaged));
      assertThat(RouteMemory.load(file, NOW).best(List.of(FIRST, SECOND))).isEqualTo(1);
    }
    assertThat(RouteMemory.load(directory, NOW).best(List.of(FIRST, SECOND))).isZero();
  }

  @Test
  void whatCannotBeWrittenIsForgotten() {
    RouteMemory memory = RouteMemory.load(Path.of("/proc/none/routes"), NOW);
    assertThatCode(() -> memory.worked(SECOND, NOW)).doesNotThrowAnyException();
    assertThat(memory.best(List.of(FIRST, SECOND))).isEqualTo(1);
  }

  @Test
  void noiseIsAMemoryOrMalformedAndNothingElse() {
    Random random = new Random(9);
    String sound = "tollway-routes-1\n" + "0a".repeat(16) + " 1700000000\n";
    for (int i = 0; i < 20_000; i++) {
      byte[] noise = sound.getBytes(StandardCharsets.ISO_8859_1);
      for (int j = random.nextInt(4); j >= 0; j--) {
        noise[random.nextInt(noise.length)] = (byte) random.nextInt(256);
      }
      String text =
          new String(noise, 0, random.nextInt(noise.length + 1), StandardCharsets.ISO_8859_1);
      try {
        assertThat(RouteMemory.parse(text).size()).isLessThan(2);
      } catch (MalformedBytesException expected) {
        assertThat(expected).hasMessageContaining("damaged");
      }
    }
  }
}
