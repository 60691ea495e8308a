// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.bytes.Bytes;
import tollway.identity.Identity;
import tollway.receipt.Answer;
import tollway.receipt.Claim;
import tollway.receipt.ReceiptCodec;
import tollway.store.NodeStore;
import tollway.store.Reading;
import tollway.store.Receipt;

/** Alice forwards for Bob; both keep a book. */
final class ReceiptBookTest {
  ReceiptBookTest() throws IOException {}

  private static final Instant NOON = Instant.parse("2026-05-01T12:00:00Z");
  private static final Identity ALICE = Identity.generate(new SecureRandom());
  private static final Identity BOB = Identity.generate(new SecureRandom());

  @TempDir private Path directory;
  private NodeStore alices = NodeStore.inMemory();
  private NodeStore bobs = NodeStore.inMemory();
  private ReceiptBook alice = new ReceiptBook(ALICE, alices, receipt -> {});
  private ReceiptBook bob = new ReceiptBook(BOB, bobs, receipt -> {});
  private final List<Receipt> settled = new ArrayList<>();

  @BeforeEach
  void open() throws IOException {
    alices = NodeStore.open(directory.resolve("alice.db"));
    bobs = NodeStore.open(directory.resolve("bob.db"));
    alice = new ReceiptBook(ALICE, alices, settled::add);
    bob = new ReceiptBook(BOB, bobs, settled::add);
  }

  @AfterEach
  void close() throws IOException {
    alices.close();
    bobs.close();
  }

  @Test
  void whatIsForwardedIsClaimedOnceAndCountersigned() throws Exception {
    forwarded(1_000_000, 2_000_000);
    carried(1_050_000, 2_100_000);
    alice.claim(BOB.nodeId(), NOON);
    alice.claim(BOB.nodeId(), NOON.plusSeconds(5));
    List<String> claims = alice.unanswered(BOB.nodeId());
    assertThat(claims).hasSize(1);
    Claim claim = ReceiptCodec.claim(Bytes.ofUtf8(claims.get(0)));
    assertThat(List.of(claim.fromBytes(), claim.forBytes()))
        .containsExactly(1_000_000L, 2_000_000L);
    String answer = answer(claims.get(0), NOON).orElseThrow();
    assertThat(answer(claims.get(0), NOON)).as("a repetition").contains(answer);
    deliver(answer);
    assertThat(alice.unanswered(BOB.nodeId())).isEmpty();
    assertThat(alices.receipts(Instant.EPOCH)).hasSize(1);
    assertThat(alices.receipts(Instant.EPOCH).get(0).verdict()).isEqualTo("agreed");
    assertThat(alices.receipts(Instant.EPOCH).get(0).answer()).contains(answer);
    assertThat(bobs.receipts(Instant.EPOCH).get(0).claim()).isEqualTo(claims.get(0));
    assertThat(settled).hasSize(2);
  }

  @Test
  void claimsThatWereHeldUpAreJudgedOneByOne() throws Exception {
    for (int i = 1; i <= 3; i++) {
      forwarded(i * 10_000_000L, 0);
      alice.claim(BOB.nodeId(), NOON.plusSeconds(600L * i));
    }
    carried(30_500_000, 0);
    List<String> claims = alice.unanswered(BOB.nodeId());
    assertThat(claims).hasSize(3);
    for (String each : claims) {
      deliver(answer(each, NOON.plusSeconds(4000)).orElseThrow());
    }
    assertThat(alices.receipts(Instant.EPOCH)).extracting(Receipt::verdict).containsOnly("agreed");
  }

  @Test
  void aClaimTooHighIsContradictedAndBothKeepIt() throws Exception {
    forwarded(9_000_000, 0);
    carried(3_000_000, 0);
    alice.claim(BOB.nodeId(), NOON);
    deliver(answer(alice.unanswered(BOB.nodeId()).get(0), NOON).orElseThrow());
    Receipt kept = alices.receipts(Instant.EPOCH).get(0);
    assertThat(kept.verdict()).isEqualTo("differs");
    Answer answer = ReceiptCodec.answer(Bytes.ofUtf8(kept.answer().orElseThrow()));
    assertThat(answer.ownFrom()).isEqualTo(3_000_000);
    assertThat(bobs.receipts(Instant.EPOCH).get(0).verdict()).isEqualTo("differs");
    forwarded(10_000_000, 0); // The next one stands by itself.
    carried(4_100_000, 0);
    alice.claim(BOB.nodeId(), NOON.plusSeconds(600));
    deliver(answer(alice.unanswered(BOB.nodeId()).get(0), NOON.plusSeconds(601)).orElseThrow());
    assertThat(alices.receipts(Instant.EPOCH).get(1).verdict()).isEqualTo("agreed");
  }

  @Test
  void aTimeIsNotClaimedTwice() throws Exception {
    carried(50_000_000, 0);
    Claim first = new Claim(ALICE.nodeId(), BOB.nodeId(), 1, 100, 200, 1, 0);
    Claim overlapping = new Claim(ALICE.nodeId(), BOB.nodeId(), 2, 150, 300, 1, 0);
    Claim contradicting = new Claim(ALICE.nodeId(), BOB.nodeId(), 1, 100, 200, 2, 0);
    assertThat(answer(ReceiptCodec.sign(first, ALICE), NOON)).isPresent();
    assertThat(answer(ReceiptCodec.sign(overlapping, ALICE), NOON)).isEmpty();
    assertThat(answer(ReceiptCodec.sign(contradicting, ALICE), NOON)).isEmpty();
    assertThat(bobs.receipts(Instant.EPOCH)).hasSize(1);
  }

  @Test
  void anAnswerToWhatWasNotClaimedIsNotKept() throws Exception {
    Claim never = new Claim(ALICE.nodeId(), BOB.nodeId(), 1, 100, 200, 5, 5);
    deliver(ReceiptCodec.sign(never.answer(5, 5), BOB));
    assertThat(alices.receipts(Instant.EPOCH)).isEmpty();
    forwarded(1000, 0);
    alice.claim(BOB.nodeId(), NOON);
    deliver(ReceiptCodec.sign(never.answer(5, 5), BOB));
    assertThat(alice.unanswered(BOB.nodeId())).hasSize(1);
    assertThat(settled).isEmpty();
  }

  @Test
  void anybodyCanVerifyAnExport() throws Exception {
    forwarded(1_000_000, 0);
    carried(1_100_000, 0);
    alice.claim(BOB.nodeId(), NOON);
    deliver(answer(alice.unanswered(BOB.nodeId()).get(0), NOON).orElseThrow());
    Files.createDirectory(directory.resolve("state"));
    try (NodeStore copy = NodeStore.open(directory.resolve("state/node.db"))) {
      copy.keep(alices.receipts(Instant.EPOCH).get(0));
    }
    String[] show = {
      "receipts", "--state", directory.resolve("state").toString(), "--control", "/nowhere/at/all"
    };
    for (String form : List.of("--json", "--csv")) {
      Shell exported = Shell.scrooge(show[0], form, show[1], show[2], show[3], show[4]);
      assertThat(exported.exitCode()).as(exported.err()).isZero();
      Path file = Files.writeString(directory.resolve("export"), exported.out());
      Shell verified = Shell.scrooge("receipts", "verify", file.toString());
      assertThat(verified.exitCode()).as(verified.err()).isZero();
      assertThat(verified.out()).containsPattern("1000000 +0 +agreed +both");
      Files.writeString(file, exported.out().replace(" 1000000 ", " 9000000 "));
      Shell forged = Shell.scrooge("receipts", "verify", file.toString());
      assertThat(forged.exitCode()).isEqualTo(4);
      assertThat(forged.err()).contains("2 of 2 signed texts are invalid");
    }
    Path empty = Files.writeString(directory.resolve("empty"), "nothing");
    assertThat(Shell.scrooge("receipts", "verify", empty.toString()).exitCode()).isEqualTo(4);
    assertThat(Shell.scrooge(show).out()).startsWith("ISSUER").hasLineCount(2);
  }

  /** Alice's counters stand at this. */
  private void forwarded(long from, long back) throws IOException {
    String node = BOB.nodeId().base64();
    alices.count(
        NOON,
        "e",
        List.of(new Reading(node, "e.1", true, 1, from), new Reading(node, "e.2", false, 1, back)));
  }

  /** Bob's tunnel says that it sent and received this. */
  private void carried(long sent, long received) throws IOException {
    String node = ALICE.nodeId().base64();
    bobs.carry(
        List.of(
            new Reading(node, "k in", true, 0, received),
            new Reading(node, "k out", false, 0, sent)));
  }

  private Optional<String> answer(String claim, Instant now) throws Exception {
    return bob.answer(ReceiptCodec.claim(Bytes.ofUtf8(claim)), claim, now);
  }

  private void deliver(String answer) throws Exception {
    alice.answered(ReceiptCodec.answer(Bytes.ofUtf8(answer)), answer);
  }
}
