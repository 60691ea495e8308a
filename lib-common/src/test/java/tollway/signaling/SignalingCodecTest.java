// SPDX-License-Identifier: Apache-2.0
package tollway.signaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tollway.admission.Solution;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.identity.Identity;
import tollway.stun.NatMapping;

final class SignalingCodecTest {
  private static final Identity ALICE = Identity.ofSeed(Bytes.of(new byte[32]));
  private static final Bytes NONCE = Bytes.of(new byte[32]);
  private static final Bytes SEED = Bytes.ofUtf8("\u0001".repeat(Solution.SEED_SIZE));
  private static final SealKey KEY = SealSecret.of(Bytes.of(new byte[32])).publicKey(ALICE);
  private static final List<Signal> SIGNALS =
      List.of(
          new Signal.Challenge(2, NONCE),
          new Signal.Hello(2, ALICE.nodeId(), ALICE.sign(Signal.helloProof(NONCE))),
          new Signal.Welcome(List.of("192.0.2.1:3478")),
          new Signal.Slots(
              SignedAdvert.of(new Advert(3, List.of(ALICE.nodeId()), "anna"), ALICE, NONCE), KEY),
          new Signal.PeerRequest(2, ALICE.nodeId(), List.of(ALICE.nodeId())),
          new Signal.Matched(7, Signal.Role.PRODUCER, ALICE.nodeId(), ALICE.nodeId()),
          new Signal.Refusal(Signal.Code.TOO_FAST, 10, "slow down"),
          new Signal.Description(7, Signal.Kind.ANSWER, "v=0"),
          new Signal.Candidate(7, "candidate:1 1 udp 1 192.0.2.1 1 typ host"),
          new Signal.HangUp(7, "bye", true),
          new Signal.PeerRequest(1, ALICE.nodeId(), List.of(), 1, 2),
          new Signal.OnwardRequest(7, List.of(ALICE.nodeId())),
          new Signal.Matched(
              8,
              Signal.Role.CONSUMER,
              ALICE.nodeId(),
              ALICE.nodeId(),
              1,
              Optional.of(7L),
              Optional.of(KEY)),
          new Signal.Sealed(7, 0, KEY.key(), Bytes.of(new byte[16])),
          new Signal.Sealed(7, 1023, Bytes.EMPTY, Bytes.of(new byte[17])),
          new Signal.Challenge(2, NONCE, SEED, 2048, Optional.of(NONCE)),
          new Signal.Hello(
              2,
              ALICE.nodeId(),
              ALICE.sign(Signal.helloProof(NONCE)),
              Optional.of(new Solution(SEED, 2048, SEED, SEED)),
              Optional.of(SEED),
              Optional.of(SEED)),
          new Signal.Refusal(Signal.Code.PUZZLE, 10, "later"),
          new Signal.PeerRequest(
              1, ALICE.nodeId(), List.of(), 0, 0, NatMapping.ENDPOINT_DEPENDENT));

  /** One that is reached, one that is made reachable, any but far ones, and one that is not. */
  private static final Advert ONWARD =
      new Advert(
          2,
          new PathAssertion(
              List.of(
                  Endpoint.connected(ALICE.nodeId()),
                  Endpoint.onRequest(ALICE.nodeId()),
                  new Endpoint(Optional.empty(), 1, false)),
              List.of(new Endpoint(Optional.empty(), 2, false))),
          "bert",
          NatMapping.ENDPOINT_INDEPENDENT);

  /** Frozen: changing a line changes the protocol. In the order of {@link #SIGNALS}. */
  private static final List<String> GOLDEN =
      List.of(
          "0a24080212200000000000000000000000000000000000000000000000000000000000000000",
          "1a66080212203b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da291a405255"
              + "1b72a831360850a2195ffceaef9e5b1139c33cd1e42183b0848eb2e67336f34682dafd0dc1aacf4444fe"
              + "5b01f27e664b878ee766fee0dddc1e80b08a7c0e",
          "12100a0e3139322e302e322e313a33343738",
          "22d4010a2a080312203b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da291a"
              + "04616e6e6112401609373497011f3f9cf3f9f33c8dd938c06f149329b45bc5ba98ddeab82912adc05cbd"
              + "bea6017120b8e709cd7d7818f4ea4e3dc055e6b82d8e6cd0cbf70c5e091a640a202fe57da347cd624315"
              + "28daac5fbb290730fff684afc4cfc2ed90995f58cb3b741240b0a43c76bbddc516c4b92523355d4b2f65"
              + "c282896dfbdce6792eda0ef3c2d2d7223e931d7f66f30bf8d4fe606398ddd11e5920020539b0f7b4a0ae"
              + "8d53eb2401",
          "2a46080212203b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da291a203b6a"
              + "27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29",
          "324f09070000000000000010021a203b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048"
              + "a18b59da2922203b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29",
          "3a0f0805100a1a09736c6f7720646f776e",
          "421009070000000000000010021a03763d30",
          "4a33090700000000000000122863616e6469646174653a312031207564702031203139322e302e322e31"
              + "20312074797020686f7374",
          "521009070000000000000012036279651801",
          "2a28080112203b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da2920012802",
          "5a2b09070000000000000012203b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b"
              + "59da29",
          "32c00109080000000000000010011a203b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac0"
              + "48a18b59da2922203b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da292801"
              + "3107000000000000003a640a202fe57da347cd62431528daac5fbb290730fff684afc4cfc2ed90995f58"
              + "cb3b741240b0a43c76bbddc516c4b92523355d4b2f65c282896dfbdce6792eda0ef3c2d2d7223e931d7f"
              + "66f30bf8d4fe606398ddd11e5920020539b0f7b4a0ae8d53eb2401",
          "623d0907000000000000001a202fe57da347cd62431528daac5fbb290730fff684afc4cfc2ed90995f58"
              + "cb3b74221000000000000000000000000000000000",
          "621f09070000000000000010ff0722110000000000000000000000000000000000",
          "0a5d08021220"
              + "00".repeat(32)
              + "5220"
              + "00".repeat(32)
              + "a20110"
              + "01".repeat(16)
              + "a8018010",
          "1ac101080212203b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da291a4052"
              + "551b72a831360850a2195ffceaef9e5b1139c33cd1e42183b0848eb2e67336f34682dafd0dc1aacf4444"
              + "fe5b01f27e664b878ee766fee0dddc1e80b08a7c0e4a10"
              + "01".repeat(16)
              + "5210"
              + "01".repeat(16)
              + "a20134"
              + "01".repeat(16)
              + "00000800"
              + "01".repeat(32),
          "3a0b0814100a1a056c61746572",
          "2a26080112203b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da295003");

  @Test
  void readsBackWhatItWrote() throws Exception {
    for (Signal signal : SIGNALS) {
      assertThat(SignalingCodec.decode(SignalingCodec.encode(signal).toBuffer())).isEqualTo(signal);
    }
  }

  @Test
  void writesWhatIsFrozen() throws Exception {
    assertThat(SIGNALS.stream().map(signal -> SignalingCodec.encode(signal).hex()))
        .containsExactlyElementsOf(GOLDEN);
    for (int i = 0; i < GOLDEN.size(); i++) {
      assertThat(SignalingCodec.decode(Bytes.ofHex(GOLDEN.get(i)).toBuffer()))
          .isEqualTo(SIGNALS.get(i));
    }
  }

  @Test
  void everyKindOfSignalIsFrozen() {
    assertThat(SIGNALS.stream().map(Signal::getClass).distinct())
        .hasSize(Signal.class.getPermittedSubclasses().length);
  }

  @Test
  void whatIsSignedIsFrozen() {
    assertThat(Signal.helloProof(NONCE).hex())
        .isEqualTo("746f6c6c7761792d7369676e616c2d7632" + "00".repeat(32));
    // Ed25519 is deterministic: a signature freezes what it signs, label and nonce and all.
    assertThat(SignedAdvert.of(new Advert(0, List.of(), ""), ALICE, NONCE).signature().hex())
        .isEqualTo(
            "2d131e7e0b30363c5c93f87da7eca7a9b7ac1ec2659f005ca4e272dabe3c2d6bfb6f90b7356db1c3a5f8"
                + "1c18f78f25506575072b070516cf5d703ed143cbc405");
  }

  @Test
  void advertsAreFrozen() throws Exception {
    assertThat(SignalingCodec.encode(ONWARD).hex())
        .isEqualTo(
            "080212203b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da291a0462657274"
                + "2202100122260a203b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da291001"
                + "18012a0210025002");
    assertThat(SignalingCodec.decodeAdvert(SignalingCodec.encode(ONWARD))).isEqualTo(ONWARD);
    // Said by those who know of no other volunteers: what they are connected to.
    assertThat(
            SignalingCodec.decodeAdvert(
                Bytes.ofHex("0803" + part(2, ALICE.nodeId().key().hex()) + "1a04616e6e61")))
        .isEqualTo(new Advert(3, List.of(ALICE.nodeId()), "anna"));
  }

  @Test
  void advertsComeBackWhateverTheyName() throws Exception {
    Random random = new Random(37);
    for (int round = 0; round < 500; round++) {
      List<Endpoint> deny =
          PathAssertionTest.endpoints(random, 8).stream().filter(no -> !no.justInTime()).toList();
      Advert advert =
          new Advert(1, new PathAssertion(PathAssertionTest.endpoints(random, 16), deny), "");
      assertThat(SignalingCodec.decodeAdvert(SignalingCodec.encode(advert))).isEqualTo(advert);
    }
  }

  @Test
  void mutatedAdvertsEndInAnAdvertOrAreRefused() {
    Random random = new Random(41);
    Bytes sound = SignalingCodec.encode(ONWARD);
    for (int round = 0; round < 10_000; round++) {
      byte[] bytes = sound.toArray();
      for (int flips = random.nextInt(3); flips >= 0; flips--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      try {
        Advert read = SignalingCodec.decodeAdvert(Bytes.of(bytes));
        assertThat(SignalingCodec.decodeAdvert(SignalingCodec.encode(read))).isEqualTo(read);
      } catch (MalformedBytesException expected) {
        assertThat(expected.getMessage()).isNotBlank();
      }
    }
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
  void mutationsEndInASignalOrAreRefused() {
    Random random = new Random(29);
    for (int round = 0; round < 30_000; round++) {
      byte[] bytes = SignalingCodec.encode(SIGNALS.get(random.nextInt(SIGNALS.size()))).toArray();
      for (int flips = random.nextInt(4); flips >= 0; flips--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      // Sometimes cut short, too.
      int length = random.nextInt(4) == 0 ? random.nextInt(bytes.length + 1) : bytes.length;
      decodesOrIsRefused(ByteBuffer.wrap(bytes, 0, length));
    }
  }

  @Test
  void noiseEndsInASignalOrIsRefused() {
    Random random = new Random(31);
    for (int round = 0; round < 30_000; round++) {
      byte[] bytes = new byte[random.nextInt(300)];
      random.nextBytes(bytes);
      if (bytes.length > 2) {
        // The shape of one field of the message, so that more than its first byte is looked at.
        bytes[0] = (byte) ((1 + random.nextInt(12)) << 3 | 2);
        bytes[1] = (byte) Math.min(bytes.length - 2, 127);
      }
      decodesOrIsRefused(ByteBuffer.wrap(bytes));
      try {
        assertThat(SignalingCodec.decodeAdvert(Bytes.of(bytes)).slots()).isNotNegative();
      } catch (MalformedBytesException expected) {
        assertThat(expected.getMessage()).isNotBlank();
      }
    }
  }

  /** And what decodes can be said again. */
  private static void decodesOrIsRefused(ByteBuffer bytes) {
    try {
      Signal signal = SignalingCodec.decode(bytes);
      assertThat(SignalingCodec.decode(SignalingCodec.encode(signal).toBuffer())).isEqualTo(signal);
    } catch (MalformedBytesException expected) {
      assertThat(expected.getMessage()).isNotBlank();
    }
  }

  @Test
  void refusesWhatIsBeyondItsBounds() {
    String key = part(2, ALICE.nodeId().key().hex());
    String badKey = part(2, ALICE.nodeId().key().hex().substring(2));
    String excluded = part(3, ALICE.nodeId().key().hex()).repeat(Signal.MAX_EXCLUDED + 1);
    String match = "090700000000000000";
    String peer = matchedKeys();
    refuses(part(5, "0811" + key), "a request is for at most 16 peers");
    refuses(part(5, "08ffffffff0f" + key), "a request is for at most 16 peers");
    refuses(part(5, "0801" + key + excluded), "too many excluded peers");
    refuses(part(5, "0801" + badKey), "a public key has 32 bytes");
    refuses(part(5, "0801" + part(2, "02" + "00".repeat(31))), "not an acceptable");
    refuses(part(5, "0801" + key + "2803"), "no such distance");
    refuses(part(5, "0801" + key + "2002"), "no such distance"); // From 2 to 0.
    refuses(part(5, "0801" + key + "20ffffffff0f"), "no such distance");
    refuses(part(11, "090700000000000000" + part(2, "00".repeat(32)).repeat(17)), "too many");
    refuses(part(6, "0907000000000000001001" + matchedKeys() + "2803"), "no such distance");
    refuses(part(1, "0802" + part(2, "00".repeat(31))), "a nonce has 32 bytes");
    refuses(part(3, "0802" + key + part(3, "00".repeat(63))), "a signature has 64 bytes");
    refuses(part(4, part(2, "00".repeat(65))), "a signature has 64 bytes");
    String advert = part(2, "00".repeat(64));
    refuses(part(4, advert), "an X25519 key has 32 bytes"); // None.
    refuses(part(4, advert + part(3, part(1, "00".repeat(31)))), "an X25519 key has 32 bytes");
    refuses(part(4, advert + part(3, part(1, KEY.key().hex()))), "a signature has 64 bytes");
    refuses(part(6, match + "1001" + peer + part(7, "")), "an X25519 key has 32 bytes");
    String text = part(4, "00".repeat(16));
    refuses(part(12, match + part(4, "00".repeat(15))), "has a tag of 16 bytes");
    refuses(part(12, match + part(4, "00".repeat(Signal.MAX_SEALED_TEXT + 1))), "is too long");
    refuses(part(12, match + part(3, "00".repeat(31)) + text), "what opens the rest has 32 bytes");
    refuses(part(12, match + "108008" + text), "at most 1024 things");
    refuses(part(12, match + "10ffffffff0f" + text), "at most 1024 things");
    refuses(part(2, part(1, "61").repeat(Signal.MAX_STUN + 1)), "too many STUN servers");
    refuses(part(2, part(1, "61".repeat(Signal.MAX_TEXT + 1))), "a STUN server's name is long");
    refuses(part(6, match + "1009" + peer), "a match without a known role");
    refuses(part(7, "0809"), "a refusal without a known code");
    refuses(part(7, "08011081a305"), "retry within a day");
    refuses(part(8, match + "1007"), "a description without a known kind");
    refuses(part(8, match + "1001" + part(3, "61".repeat(Signal.MAX_SDP + 1))), "is too long");
    refuses(part(9, match + part(2, "61".repeat(Signal.MAX_LINE + 1))), "a candidate is too long");
    refuses(part(10, match + part(2, "61".repeat(Signal.MAX_TEXT + 1))), "a reason is too long");
    refuses("", "a signal without a known body");
    refuses(part(10, match + part(2, "ff")), "not a signal: "); // Not UTF-8.
  }

  @Test
  void refusesAdvertsBeyondTheirBounds() {
    String egress = part(2, ALICE.nodeId().key().hex());
    List<String> tooMuch =
        List.of(
            "088108", // 1025 slots.
            "08ffffffff0f",
            egress.repeat(Advert.MAX_EGRESSES + 1),
            part(3, "61".repeat(Advert.MAX_TAG + 1)),
            part(4, "1001").repeat(PathAssertion.MAX_ENDPOINTS + 1),
            part(4, "1001").repeat(17) + part(5, "1001").repeat(16),
            egress.repeat(16) + part(4, "1001").repeat(17),
            part(4, "1003"), // A distance of 3.
            part(4, "10ffffffff0f"),
            part(4, part(1, "02" + "00".repeat(31))),
            part(5, "10011801")); // Denied on request.
    for (String hex : tooMuch) {
      assertThatThrownBy(() -> SignalingCodec.decodeAdvert(Bytes.ofHex(hex)))
          .isInstanceOf(MalformedBytesException.class);
    }
  }

  private static String matchedKeys() {
    return part(3, ALICE.nodeId().key().hex()) + part(4, ALICE.nodeId().key().hex());
  }

  private static void refuses(String hex, String why) {
    assertThatThrownBy(() -> SignalingCodec.decode(Bytes.ofHex(hex).toBuffer()))
        .isInstanceOf(MalformedBytesException.class)
        .hasMessageContaining(why);
  }

  /** A field of protobuf's wire type 2: tag, length, content; all in hex. */
  private static String part(int field, String content) {
    int length = content.length() / 2;
    String size =
        length < 128
            ? "%02x".formatted(length)
            : "%02x%02x".formatted((length & 127) | 128, length >> 7);
    return "%02x".formatted(field << 3 | 2) + size + content;
  }

  @Test
  void refusesWhatIsTooLong() {
    assertThatThrownBy(() -> SignalingCodec.decode(ByteBuffer.allocate(Signal.SIZE_LIMIT + 1)))
        .isInstanceOf(MalformedBytesException.class);
  }
}
