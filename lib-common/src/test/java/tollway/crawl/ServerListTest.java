// SPDX-License-Identifier: Apache-2.0
package tollway.crawl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tollway.bytes.MalformedBytesException;

final class ServerListTest {
  private static final Instant FIRST = Instant.parse("2026-01-01T03:00:00Z");
  private static final Instant NEXT = Instant.parse("2026-01-02T03:00:00Z");

  @TempDir Path directory;

  private static Examination good(String host, int millis) {
    InetSocketAddress me = new InetSocketAddress("192.0.2.1", 5000);
    return new Examination(
        new InetSocketAddress(host, 3478),
        Verdict.GOOD,
        "",
        new Examination.Rounds(5, 5, Duration.ofMillis(1), Duration.ofMillis(millis)),
        Optional.of(
            new Examination.Said(me, me, true, true, "Some 1.0", Examination.Discovery.PROVED)));
  }

  private static Examination silent(String host) {
    return Examination.failed(new InetSocketAddress(host, 3478), Verdict.SILENT, "silent");
  }

  private static ServerList empty() {
    return ServerList.of(List.of());
  }

  @Test
  void keepsAHistoryOfEachServer() {
    ServerList one =
        empty().updated(List.of(good("198.51.100.1", 5), good("198.51.100.2", 3)), FIRST);
    assertThat(one.servers())
        .extracting(ListedServer::address)
        .containsExactly("198.51.100.2:3478", "198.51.100.1:3478");

    ServerList two =
        one.updated(
            List.of(silent("198.51.100.2"), good("198.51.100.1", 7), silent("198.51.100.9")), NEXT);
    assertThat(two.good()).isOne();
    assertThat(two.servers())
        .extracting(ListedServer::address)
        .containsExactly("198.51.100.1:3478", "198.51.100.2:3478");
    ListedServer best = two.servers().get(0);
    assertThat(best.history()).isEqualTo("++");
    assertThat(best.firstSeen()).isEqualTo(FIRST);
    assertThat(best.lastGood()).isEqualTo(NEXT);
    assertThat(best.millis()).isEqualTo(7);
    assertThat(best.rfc5780()).isEqualTo("proved");
    ListedServer missed = two.servers().get(1);
    assertThat(missed.history()).isEqualTo("+-");
    assertThat(missed.health()).isEqualTo(0.5);
    assertThat(missed.isGood()).isFalse();
    assertThat(missed.lastGood()).isEqualTo(FIRST);
  }

  @Test
  void forgetsWhoIsGoneAndNeverGrowsWithoutEnd() {
    ServerList list = empty().updated(List.of(good("198.51.100.1", 5)), FIRST);
    for (int i = 0; i < 100; i++) {
      list = list.updated(List.of(good("198.51.100.1", 5), good("198.51.100.2", 5)), NEXT);
    }
    assertThat(list.servers().get(0).history()).hasSize(ListedServer.MOST_HISTORY);
    for (int i = 1; i < ListedServer.MOST_MISSED; i++) {
      list = list.updated(List.of(good("198.51.100.1", 5)), NEXT);
      assertThat(list.servers()).hasSize(2);
    }
    list = list.updated(List.of(good("198.51.100.1", 5)), NEXT);
    assertThat(list.servers()).hasSize(1);
  }

  @Test
  void readsBackWhatItPublishes() throws Exception {
    Path file = directory.resolve("public").resolve("stun.jsonl");
    ServerList list =
        empty()
            .updated(List.of(good("198.51.100.1", 5), good("198.51.100.2", 3)), FIRST)
            .updated(List.of(good("198.51.100.2", 3)), NEXT);
    list.publish(file);

    assertThat(ServerList.read(file).servers()).isEqualTo(list.servers());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-r--r--");
    // Golden: whoever reads the list in another program depends on it.
    assertThat(Files.readAllLines(file).get(1))
        .isEqualTo(
            "{\"server\":\"198.51.100.1:3478\",\"good\":false,\"health\":0.5,\"history\":\"+-\","
                + "\"first_seen\":\"2026-01-01T03:00:00Z\",\"last_good\":\"2026-01-01T03:00:00Z\","
                + "\"ms\":5.0,\"fingerprint\":true,\"rfc5780\":\"proved\",\"software\":\"Some 1.0\"}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "root:x:0:0:root:/root:/bin/bash",
        "{}",
        "[]",
        "{\"server\":\"198.51.100.1\"}",
        "{\"server\":7,\"history\":\"+\",\"first_seen\":\"x\"}",
      })
  void whatIsNoListIsNotTakenForOne(String line) throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "\n" + line + "\n");
    assertThatThrownBy(() -> ServerList.readIfThere(file))
        .isInstanceOf(MalformedBytesException.class)
        .hasMessage(file + ": line 2 is no server of a crawl");
  }

  @Test
  void whoAskedToBeLeftAloneIsNotAskedAgain() {
    ServerList list =
        empty().updated(List.of(good("198.51.100.1", 5), good("198.51.100.2", 3)), FIRST);
    Ipv4Ranges ranges =
        Ipv4Ranges.of(List.of(Ipv4Block.of("198.51.100.0/24")))
            .without(List.of(Ipv4Block.of("198.51.100.1")));
    assertThat(list.only(ranges, 3478).addresses())
        .containsExactly(new InetSocketAddress("198.51.100.2", 3478));
    assertThat(list.only(ranges, 3479).addresses()).isEmpty();
  }
}
