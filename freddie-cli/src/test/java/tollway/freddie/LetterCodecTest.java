// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tollway.bus.Bus;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.identity.NodeId;
import tollway.signaling.SealKey;
import tollway.signaling.Signal;
import tollway.stun.NatMapping;

/** What instances tell each other, as bytes. */
final class LetterCodecTest {
  private static final NodeId ALICE = MarketTest.node(1);
  private static final NodeId BERT = MarketTest.node(2);
  private static final Bytes MARK = Bytes.of(new byte[Letter.MARK_SIZE]);
  private static final SealKey SEAL =
      new SealKey(Bytes.of(new byte[SealKey.SIZE]), Bytes.of(new byte[64]));
  private static final Optional<Origin.Prefix> SITE =
      Optional.of(new Origin.Prefix(true, 0x20010db80001L));
  private static final List<Letter.Body> BODIES =
      List.of(
          new Letter.Here(true, false, new HostSalt(1700000000000L, Bytes.of(new byte[32]))),
          new Letter.Here(false, true, new HostSalt(-1, Bytes.of(new byte[32]))),
          new Letter.Gone(),
          new Letter.Wanted(
              -7,
              ALICE,
              BERT,
              16,
              0,
              2,
              NatMapping.ENDPOINT_DEPENDENT,
              Optional.of(MARK),
              new Origin(SITE, Optional.of(new Origin.Prefix(false, 0xc000))),
              List.of(BERT, ALICE)),
          new Letter.Wanted(
              7,
              ALICE,
              BERT,
              1,
              0,
              0,
              NatMapping.UNKNOWN,
              Optional.empty(),
              Origin.UNKNOWN,
              List.of()),
          new Letter.Settled(7),
          new Letter.Speaks(BERT),
          new Letter.Met(ALICE, SITE, -1),
          new Letter.Failed(ALICE, BERT),
          new Letter.Offer(9, 7, BERT, SEAL, 2, Optional.of(MARK), SITE),
          new Letter.Offer(9, 7, BERT, SEAL, 0, Optional.empty(), Optional.empty()),
          new Letter.Accept(9),
          new Letter.Release(9, true),
          new Letter.Relay(new Signal.HangUp(9, "bye", true)),
          new Letter.Relay(
              new Signal.Sealed(
                  9, 0, Bytes.of(new byte[32]), Bytes.of(new byte[Signal.MAX_SEALED_TEXT]))));

  @Test
  void readsBackWhatItWroteAndTheLongestFits() throws Exception {
    for (Letter.Body body : BODIES) {
      Letter letter = new Letter(-5, body);
      Bytes bytes = LetterCodec.encode(letter);
      assertThat(bytes.size()).isLessThanOrEqualTo(Bus.SIZE_LIMIT);
      assertThat(LetterCodec.decode(bytes)).contains(letter);
    }
    assertThat(BODIES.stream().map(Letter.Body::getClass).distinct())
        .hasSize(Letter.Body.class.getPermittedSubclasses().length);
  }

  @Test
  void writesWhatIsFrozen() {
    assertThat(LetterCodec.encode(new Letter(5, new Letter.Accept(9))).hex())
        .isEqualTo("0801110500000000000000" + "5a09090900000000000000");
    assertThat(LetterCodec.encode(new Letter(5, new Letter.Gone())).hex())
        .isEqualTo("0801110500000000000000" + "2200");
    assertThat(LetterCodec.encode(new Letter(5, new Letter.Release(9, true))).hex())
        .isEqualTo("0801110500000000000000" + "620b0909000000000000001001");
  }

  @Test
  void whatBreaksABoundIsRefused() throws Exception {
    Bytes settled = LetterCodec.encode(new Letter(5, new Letter.Settled(7)));
    assertThat(LetterCodec.decode(Bytes.ofHex("0802" + settled.hex().substring(4))))
        .as("of a later version")
        .isEmpty();
    for (String wrong :
        List.of(
            "0801", // Nothing said.
            "08011105000000000000006200ff", // Garbage behind it.
            "08011105000000000000001a0422023132", // A salt of 2 bytes.
            "08011105000000000000006a020a00")) { // A signal that is none.
      assertThat(refused(Bytes.ofHex(wrong))).as(wrong).isTrue();
    }
    assertThatThrownBy(() -> new Letter.Relay(new Signal.Candidate(9, "candidate:1")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(refused(Bytes.of(new byte[Bus.SIZE_LIMIT + 1]))).isTrue();
    Letter.Wanted wanted = (Letter.Wanted) BODIES.get(4);
    assertThatThrownBy(
            () ->
                new Letter.Wanted(
                    7,
                    ALICE,
                    BERT,
                    1,
                    0,
                    0,
                    wanted.nat(),
                    wanted.host(),
                    wanted.from(),
                    Collections.nCopies(Letter.MAX_EXCLUDED + 1, ALICE)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** Whatever comes is a letter or is refused, and nothing else happens. */
  @Test
  void noNoiseIsMoreThanRefused() {
    Random random = new Random(11);
    int understood = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes =
          LetterCodec.encode(new Letter(5, BODIES.get(random.nextInt(BODIES.size() - 1))))
              .toArray();
      for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      Bytes noise = Bytes.of(bytes).slice(0, bytes.length - random.nextInt(4) / 3);
      understood += refused(noise) ? 0 : 1;
    }
    assertThat(understood).isBetween(100, 19_900);
  }

  private static boolean refused(Bytes bytes) {
    try {
      LetterCodec.decode(bytes);
      return false;
    } catch (MalformedBytesException refused) {
      return true;
    }
  }
}
