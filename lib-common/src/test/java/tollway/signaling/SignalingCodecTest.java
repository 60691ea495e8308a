// SPDX-License-Identifier: Apache-2.0
package tollway.signaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.identity.Identity;

final class SignalingCodecTest {
  private static final Identity ALICE = Identity.ofSeed(Bytes.of(new byte[32]));
  private static final Bytes NONCE = Bytes.of(new byte[32]);
  private static final List<Signal> SIGNALS =
      List.of(
          new Signal.Challenge(2, NONCE),
          new Signal.Hello(2, ALICE.nodeId(), ALICE.sign(Signal.helloProof(NONCE))),
          new Signal.Welcome(List.of("192.0.2.1:3478")),
          new Signal.Slots(
              SignedAdvert.of(new Advert(3, List.of(ALICE.nodeId()), "anna"), ALICE, NONCE)),
          new Signal.PeerRequest(2, ALICE.nodeId(), List.of(ALICE.nodeId())),
          new Signal.Matched(7, Signal.Role.PRODUCER, ALICE.nodeId(), ALICE.nodeId()),
          new Signal.Refusal(Signal.Code.TOO_FAST, 10, "slow down"),
          new Signal.Description(7, Signal.Kind.ANSWER, "v=0"),
          new Signal.Candidate(7, "candidate:1 1 udp 1 192.0.2.1 1 typ host"),
          new Signal.HangUp(7, "bye", true));

  /** Frozen: changing a line changes the protocol. */
  private static final List<String> GOLDEN =
      List.of("0a2408021220" + "00".repeat(32), "521009070000000000000012036279651801");

  @Test
  void readsBackWhatItWrote() throws Exception {
    for (Signal signal : SIGNALS) {
      assertThat(SignalingCodec.decode(SignalingCodec.encode(signal).toBuffer())).isEqualTo(signal);
    }
  }

  @Test
  void writesWhatIsFrozen() {
    assertThat(SignalingCodec.encode(SIGNALS.get(0)).hex()).isEqualTo(GOLDEN.get(0));
    assertThat(SignalingCodec.encode(SIGNALS.get(9)).hex()).isEqualTo(GOLDEN.get(1));
  }

  @Test
  void unknownFieldsAreTolerated() throws Exception {
    Bytes withMore = SignalingCodec.encode(SIGNALS.get(9)).plus(Bytes.ofHex("f83f01"));
    assertThat(SignalingCodec.decode(withMore.toBuffer())).isEqualTo(SIGNALS.get(9));
  }

  @Test
  void advertIsGoodForOneConnectionOnly() throws Exception {
    SignedAdvert advert = SignedAdvert.of(new Advert(1, List.of(), ""), ALICE, NONCE);
    assertThat(advert.verified(ALICE.nodeId(), NONCE).slots()).isEqualTo(1);
    Bytes other = Bytes.of(new byte[31]).plus(Bytes.of((byte) 1));
    assertThatThrownBy(() -> advert.verified(ALICE.nodeId(), other))
        .isInstanceOf(MalformedBytesException.class);
  }

  @Test
  void noiseEndsInASignalOrIsRefused() {
    Random random = new Random(29);
    for (int round = 0; round < 30_000; round++) {
      byte[] bytes = SignalingCodec.encode(SIGNALS.get(random.nextInt(SIGNALS.size()))).toArray();
      for (int flips = random.nextInt(4); flips >= 0; flips--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      try {
        assertThat(SignalingCodec.decode(ByteBuffer.wrap(bytes))).isNotNull();
      } catch (MalformedBytesException expected) {
        assertThat(expected.getMessage()).isNotBlank();
      }
    }
  }

  @Test
  void refusesWhatIsTooLong() {
    assertThatThrownBy(() -> SignalingCodec.decode(ByteBuffer.allocate(Signal.SIZE_LIMIT + 1)))
        .isInstanceOf(MalformedBytesException.class);
  }
}
