// SPDX-License-Identifier: Apache-2.0
package tollway.reach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.identity.Identity;

/** Which lists a client takes, and when it looks for the next. */
final class ListKeeperTest {
  private static final Identity ALICE = Identity.generate(new SecureRandom());
  private static final Identity MALLORY = Identity.generate(new SecureRandom());
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static final Duration LIFE = Duration.ofDays(10);

  @TempDir private Path directory;
  private ListKeeper keeper;

  @BeforeEach
  void load() {
    keeper = ListKeeper.load(ALICE.nodeId(), directory);
  }

  @Test
  void aNewerListReplacesAnOlderAndNeverTheOtherWayRound() throws Exception {
    assertThat(keeper.list(NOW)).isEmpty();
    assertThat(keeper.offer(list(5, ALICE), NOW)).isTrue();
    assertThat(keeper.offer(list(5, ALICE), NOW)).isFalse();
    assertThat(keeper.offer(list(6, ALICE), NOW)).isTrue();
    refused(list(5, ALICE), "older than ours: 5, not 6");
    refused(SignedListCodec.sign(list(6, NOW.plusSeconds(1)), ALICE).document(), "the number of");
    assertThat(keeper.list(NOW).orElseThrow().number()).isEqualTo(6);
  }

  @Test
  void onlyTheOperatorsListsAreTaken() throws Exception {
    refused(list(5, MALLORY), "signed by another key");
    byte[] forged = list(5, ALICE).toArray();
    forged[forged.length - 1] ^= 1;
    refused(Bytes.of(forged), "the signature of the list is wrong");
    refused(Bytes.EMPTY, "");
    assertThat(keeper.list(NOW)).isEmpty();
  }

  @Test
  void anExpiredListIsNotUsedButStillKeepsOlderOnesAway() throws Exception {
    keeper.offer(list(5, ALICE), NOW);
    Instant late = NOW.plus(LIFE);
    assertThat(keeper.list(late.minusSeconds(1))).isPresent();
    assertThat(keeper.list(late)).isEmpty();
    assertThatThrownBy(() -> keeper.offer(list(6, ALICE), late)).hasMessageContaining("expired at");
    Bytes older = SignedListCodec.sign(list(4, late), ALICE).document();
    assertThatThrownBy(() -> keeper.offer(older, late)).hasMessageContaining("older than ours");
  }

  @Test
  void whatWasKeptIsKnownAtTheNextStart() throws Exception {
    Path file = directory.resolve("list-" + ALICE.nodeId().key().hex().substring(0, 16));
    Files.write(file, list(5, ALICE).toArray());
    ListKeeper next = ListKeeper.load(ALICE.nodeId(), directory);
    assertThat(next.list(NOW).orElseThrow().freddies()).containsExactly("https://freddie.example/");
    assertThatThrownBy(() -> next.offer(list(4, ALICE), NOW)).hasMessageContaining("older");
    for (Bytes useless : List.of(list(5, MALLORY), Bytes.EMPTY, list(5, ALICE).slice(0, 50))) {
      Files.write(file, useless.toArray());
      assertThat(ListKeeper.load(ALICE.nodeId(), directory).list(NOW)).isEmpty();
    }
  }

  @Test
  void looksEachDayAndEachHourOfTheSecondHalf() throws Exception {
    assertThat(keeper.isDue(NOW)).isTrue();
    Path file = directory.resolve("list-" + ALICE.nodeId().key().hex().substring(0, 16));
    Files.write(file, list(5, ALICE).toArray());
    Files.setLastModifiedTime(file, FileTime.from(NOW));
    ListKeeper next = ListKeeper.load(ALICE.nodeId(), directory);
    assertThat(next.isDue(NOW.plus(ListKeeper.LONGEST).minusSeconds(1))).isFalse();
    assertThat(next.isDue(NOW.plus(ListKeeper.LONGEST))).isTrue();
    assertThat(next.isDue(NOW.minusSeconds(60))).isTrue(); // The clock was set back.
    Instant half = NOW.plus(LIFE.dividedBy(2));
    Files.setLastModifiedTime(file, FileTime.from(half));
    ListKeeper later = ListKeeper.load(ALICE.nodeId(), directory);
    assertThat(later.isDue(half.plus(ListKeeper.OFTEN).minusSeconds(1))).isFalse();
    assertThat(later.isDue(half.plus(ListKeeper.OFTEN))).isTrue();
  }

  @Test
  void hellosAreThoseOfTheListInForce() throws Exception {
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    Reach reach = Reach.of(List.of(URI.create("http://freddie.example/"))).listed(keeper);
    assertThat(reach.hellos()).isEmpty();
    assertThat(keeper.offer(greeting(1, now, "c02b"), now)).isTrue();
    assertThat(reach.hellos().get(0).suites()).containsExactly(0xc02b);
    assertThat(keeper.offer(greeting(2, now, "c02b,c02c"), now)).isTrue();
    assertThat(reach.hellos().get(0).suites()).containsExactly(0xc02b, 0xc02c);
    assertThat(keeper.offer(list(3, ALICE), NOW)).isTrue();
    assertThat(reach.hellos()).isEmpty();
  }

  private static Bytes greeting(long number, Instant issued, String suite) {
    String hello = "suites=%s groups=0017 schemes=0403 extensions=0017,ff01,000a,000d";
    ReachList list =
        new ReachList(
            number,
            issued,
            issued.plus(LIFE),
            List.of(),
            List.of("a:1"),
            List.of(HelloText.parse(List.of(hello.formatted(suite).split(" ")))));
    return SignedListCodec.sign(list, ALICE).document();
  }

  private void refused(Bytes document, String why) {
    assertThatThrownBy(() -> keeper.offer(document, NOW))
        .isInstanceOf(MalformedBytesException.class)
        .hasMessageContaining(why);
  }

  private static Bytes list(long number, Identity signer) {
    return SignedListCodec.sign(list(number, NOW), signer).document();
  }

  private static ReachList list(long number, Instant issued) {
    return new ReachList(
        number, issued, issued.plus(LIFE), List.of("https://freddie.example/"), List.of());
  }
}
