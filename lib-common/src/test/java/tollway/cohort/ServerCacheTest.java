// SPDX-License-Identifier: Apache-2.0
package tollway.cohort;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.stefanbirkner.systemlambda.SystemLambda;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.crawl.ListedServer;
import tollway.crawl.ServerList;

final class ServerCacheTest {
  private static final Instant NOON = Instant.parse("2026-03-01T12:34:56Z");
  private static final InetSocketAddress ONE = new InetSocketAddress("9.9.9.1", 3478);
  private static final InetSocketAddress TWO = new InetSocketAddress("9.9.9.2", 443);

  @TempDir private Path directory;

  private Path file() {
    return directory.resolve("state/stun.jsonl");
  }

  private List<InetSocketAddress> read(Instant now) {
    return new ServerCache(file()).read(now);
  }

  private void add(InetSocketAddress server, Instant now) {
    new ServerCache(file()).add(Map.of(server, Duration.ofMillis(12)), now);
  }

  @Test
  void readsBackWhatItWroteForItsOwnerAlone() throws Exception {
    assertThat(read(NOON)).isEmpty();
    add(ONE, NOON);
    add(TWO, NOON);
    assertThat(read(NOON)).containsExactlyInAnyOrder(ONE, TWO);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("rw-------");
    // Golden, and as 'freddie stun crawl' has it; no hour of its owner's life is in it.
    assertThat(Files.readAllLines(file()))
        .contains(
            "{\"server\":\"9.9.9.1:3478\",\"good\":true,\"health\":1.0,\"history\":\"+\","
                + "\"first_seen\":\"2026-03-01T00:00:00Z\",\"last_good\":\"2026-03-01T00:00:00Z\","
                + "\"ms\":12.0,\"fingerprint\":false,\"rfc5780\":\"no\"}");

    add(ONE, NOON.plus(Duration.ofHours(1)));
    add(ONE, NOON.plus(Duration.ofDays(1)));
    assertThat(ServerList.read(file()).servers())
        .filteredOn(each -> each.address().equals("9.9.9.1:3478"))
        .extracting(ListedServer::history)
        .containsExactly("++");
  }

  @Test
  void forgetsWhoHasNotAnsweredForAMonth() {
    add(ONE, NOON);
    add(TWO, NOON.plus(Duration.ofDays(20)));
    Instant later = NOON.plus(Duration.ofDays(31));
    assertThat(read(later)).containsExactly(TWO);
    // What lies ahead was written by a clock that was wrong.
    assertThat(read(NOON)).containsExactly(ONE);
    add(new InetSocketAddress("9.9.9.3", 1), later);
    assertThat(read(NOON.plus(Duration.ofDays(1)))).isEmpty();
    assertThat(read(later)).hasSize(2);
  }

  @Test
  void remembersNobodyOfOnesOwn() {
    for (String own : List.of("127.0.0.1", "10.0.0.1", "192.0.2.1", "100.64.0.1", "[::1]")) {
      add(new InetSocketAddress(own.replaceAll("[\\[\\]]", ""), 3478), NOON);
    }
    add(new InetSocketAddress("2600::1", 3478), NOON);
    add(InetSocketAddress.createUnresolved("stun.example.org", 3478), NOON);
    assertThat(read(NOON)).isEmpty();
  }

  @Test
  void holdsTheLatestOfMany() {
    Map<InetSocketAddress, Duration> many = new HashMap<>();
    for (int i = 0; i < 200; i++) {
      many.put(new InetSocketAddress("9.9.8." + i, 3478), Duration.ofMillis(i));
    }
    ServerCache cache = new ServerCache(file());
    cache.add(many, NOON);
    cache.add(Map.of(ONE, Duration.ofMillis(999)), NOON.plus(Duration.ofDays(1)));
    assertThat(cache.read(NOON.plus(Duration.ofDays(1)))).hasSize(ServerCache.MOST).contains(ONE);
  }

  @Test
  void whatIsNoListIsLeftAsItIsWithOneLine() throws Exception {
    Path other = Files.writeString(directory.resolve("notes"), "buy milk\n");
    ServerCache cache = new ServerCache(other);
    String said =
        SystemLambda.tapSystemErr(
            () -> {
              assertThat(cache.read(NOON)).isEmpty();
              cache.add(Map.of(ONE, Duration.ofMillis(1)), NOON);
              assertThat(cache.read(NOON)).isEmpty();
            });
    assertThat(said.lines()).hasSize(1);
    assertThat(said).contains("remove it: " + other + ": line 1 is no server of a crawl");
    assertThat(other).hasContent("buy milk\n");

    ServerCache nowhere = new ServerCache(other.resolve("below/a/file"));
    assertThat(
            SystemLambda.tapSystemErr(
                    () -> {
                      nowhere.add(Map.of(ONE, Duration.ofMillis(1)), NOON);
                      nowhere.add(Map.of(TWO, Duration.ofMillis(1)), NOON);
                    })
                .lines())
        .hasSize(1)
        .allMatch(line -> line.contains("STUN servers are not remembered: "));
  }

  @Test
  void tooLargeIsNoListEither() throws Exception {
    Files.createDirectories(file().getParent());
    Files.writeString(file(), "\n".repeat((1 << 20) + 1));
    SystemLambda.tapSystemErr(() -> assertThat(read(NOON)).isEmpty());
    assertThat(Files.size(file())).isEqualTo((1 << 20) + 1);
  }

  /** Whatever stands there, it is read or refused, and never more than a line is said. */
  @Test
  void fuzz() throws Exception {
    add(ONE, NOON);
    add(TWO, NOON);
    byte[] good = Files.readAllBytes(file());
    Random random = new Random(11);
    String[] words = {
      "[[[[[[[[",
      "{",
      "}",
      "\"",
      ":",
      "null",
      "1e999",
      "-1",
      "9999999999",
      "+",
      "\\u0000",
      "NaN",
      "2026-99-01T00:00:00Z",
      "+999999999-12-31T23:59:59Z",
      "\n",
      "256.1.1.1:3478",
      "\ud800",
      "[1]"
    };
    SystemLambda.tapSystemErr(
        () -> {
          for (int round = 0; round < 600; round++) {
            byte[] bytes = good.clone();
            for (int i = random.nextInt(8); i >= 0; i--) {
              bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            if (round % 2 == 0) {
              StringBuilder text = new StringBuilder(new String(bytes, StandardCharsets.UTF_8));
              text.insert(random.nextInt(text.length()), words[random.nextInt(words.length)]);
              bytes = text.toString().getBytes(StandardCharsets.UTF_8);
            }
            Files.write(file(), bytes);
            assertThat(read(NOON)).hasSizeLessThanOrEqualTo(8).allMatch(ServerCache::isRemembered);
          }
          Files.writeString(file(), "[".repeat(1 << 19));
          assertThat(read(NOON)).isEmpty();
          Files.writeString(file(), "{\"a\":".repeat(1 << 17));
          assertThat(read(NOON)).isEmpty();
        });
  }
}
