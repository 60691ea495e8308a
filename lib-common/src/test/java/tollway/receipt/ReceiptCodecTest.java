// SPDX-License-Identifier: Apache-2.0
package tollway.receipt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.identity.Identity;
import tollway.identity.NodeId;

final class ReceiptCodecTest {
  private static final Identity ALICE = Identity.ofSeed(seed(1));
  private static final Identity BOB = Identity.ofSeed(seed(2));
  private static final Identity MALLORY = Identity.ofSeed(seed(3));

  /** Alice forwarded 5,000,000 bytes from Bob and 70,000 for him. */
  private static final Claim CLAIM =
      new Claim(ALICE.nodeId(), BOB.nodeId(), 7, 1_777_636_800L, 1_777_637_400L, 5_000_000, 70_000);

  private static final String GOLDEN_CLAIM =
      "scrooge2_usage iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w= gTl3Dqh9F19Wo1Rmw0x+"
          + "zMuNipG07jeiXfYPW4/Js5Q= 7 1777636800 1777637400 5000000 70000 gIxTrIeqiNCmUNRKl"
          + "rQKJLZu3Twjbi4ODXa24TZpZO5q0RZEXs1MevUA2pDeDEJeZhlAlYaXulkxSQFHyGmVBg==";
  private static final String GOLDEN_ANSWER =
      "scrooge2_usage_confirm gTl3Dqh9F19Wo1Rmw0x+zMuNipG07jeiXfYPW4/Js5Q= iojj3XQJ8ZX9"
          + "UtstPLpdcspnCb8dlBIb83SIAbQPb1w= 7 1777636800 1777637400 5000000 70000 agreed 52"
          + "00000 72000 tbVY88PCMX+ZlrHzudpO4pUyM49EgAbP1t+BeHLzZuf8C9qpXfyTQEMVn7O1IGrVXcHs"
          + "djPK8c+I6Lr1ndGiDg==";

  private static Bytes seed(int value) {
    byte[] seed = new byte[32];
    java.util.Arrays.fill(seed, (byte) value);
    return Bytes.of(seed);
  }

  @Test
  void claimsAndAnswersComeBackAsTheyWere() throws Exception {
    Claim longest =
        new Claim(
            ALICE.nodeId(),
            BOB.nodeId(),
            999_999_999_999_999_999L,
            999_999_999_999_999_998L,
            999_999_999_999_999_999L,
            999_999_999_999_999_999L,
            999_999_999_999_999_999L);
    for (Claim claim : List.of(CLAIM, longest)) {
      Bytes text = Bytes.ofUtf8(ReceiptCodec.sign(claim, ALICE));
      assertThat(ReceiptCodec.claim(text)).isEqualTo(claim);
      assertThat(ReceiptCodec.claimedSigner(text)).isEqualTo(ALICE.nodeId().base64());
      for (long own : List.of(0L, 999_999_999_999_999_999L)) {
        Answer answer = claim.answer(own, own);
        Bytes answered = Bytes.ofUtf8(ReceiptCodec.sign(answer, BOB));
        assertThat(answered.size()).isLessThanOrEqualTo(ReceiptCodec.SIZE_LIMIT);
        assertThat(ReceiptCodec.answer(answered)).isEqualTo(answer);
      }
    }
  }

  /** Changing a line changes the protocol. */
  @Test
  void textsAreFrozen() {
    assertThat(ReceiptCodec.sign(CLAIM, ALICE)).isEqualTo(GOLDEN_CLAIM);
    assertThat(ReceiptCodec.sign(CLAIM.answer(5_200_000, 72_000), BOB)).isEqualTo(GOLDEN_ANSWER);
  }

  @Test
  void aNeighborAgreesToWhatItSentOrMore() {
    assertThat(CLAIM.answer(5_200_000, 72_000).agreed()).isTrue();
    assertThat(CLAIM.answer(50_000_000, 72_000).agreed()).as("much was for Alice").isTrue();
    assertThat(CLAIM.answer(4_800_000, 70_000).agreed()).as("a moment apart").isTrue();
    assertThat(CLAIM.answer(4_000_000, 72_000).agreed()).isFalse();
    Claim high = new Claim(ALICE.nodeId(), BOB.nodeId(), 1, 0, 1, 0, 400_000);
    assertThat(high.answer(0, 100_000).agreed()).isFalse();
  }

  @Test
  void refusesWhatSomebodyElseSignedOrChanged() throws Exception {
    String claim = ReceiptCodec.sign(CLAIM, ALICE);
    String answer = ReceiptCodec.sign(CLAIM.answer(1, 1), BOB);
    for (String forged :
        List.of(
            claim.replace(" 5000000 ", " 6000000 "),
            claim.replace(ALICE.nodeId().base64(), MALLORY.nodeId().base64()),
            claim.replace(BOB.nodeId().base64(), MALLORY.nodeId().base64()),
            claim + " ",
            claim + "\n",
            claim.replace(" 7 ", " 07 "),
            claim.replace(" ", "  "),
            answer,
            "")) {
      assertThatThrownBy(() -> ReceiptCodec.claim(Bytes.ofUtf8(forged)))
          .as(forged)
          .isInstanceOf(MalformedBytesException.class);
    }
    for (String forged :
        List.of(answer.replace("differs", "agreed"), answer.replace("differs", "likes"), claim)) {
      assertThatThrownBy(() -> ReceiptCodec.answer(Bytes.ofUtf8(forged)))
          .isInstanceOf(MalformedBytesException.class);
    }
    assertThatIllegalArgumentException().isThrownBy(() -> ReceiptCodec.sign(CLAIM, MALLORY));
    NodeId alice = ALICE.nodeId();
    assertThatIllegalArgumentException().isThrownBy(() -> new Claim(alice, alice, 1, 0, 0, 0, 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Claim(alice, BOB.nodeId(), 1, 5, 4, 0, 0));
  }

  @Test
  void noiseEndsInAMalformedMessage() {
    Random random = new Random(11);
    String claim = ReceiptCodec.sign(CLAIM, ALICE);
    String answer = ReceiptCodec.sign(CLAIM.answer(1, 2), BOB);
    for (int i = 0; i < 4000; i++) {
      byte[] bytes = Bytes.ofUtf8(i % 2 == 0 ? claim : answer).toArray();
      if (i % 5 == 0) {
        bytes = new byte[random.nextInt(600)];
        random.nextBytes(bytes);
      } else {
        for (int edits = random.nextInt(3); edits >= 0; edits--) {
          int at = random.nextInt(bytes.length);
          bytes[at] = (byte) (bytes[at] ^ 1 + random.nextInt(127));
        }
      }
      Bytes noise = Bytes.of(bytes);
      if (!noise.equals(Bytes.ofUtf8(claim)) && !noise.equals(Bytes.ofUtf8(answer))) {
        assertThatThrownBy(() -> ReceiptCodec.claim(noise))
            .isInstanceOf(MalformedBytesException.class);
        assertThatThrownBy(() -> ReceiptCodec.answer(noise))
            .isInstanceOf(MalformedBytesException.class);
      }
    }
  }
}
