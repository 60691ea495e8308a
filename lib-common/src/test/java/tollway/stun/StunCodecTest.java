// SPDX-License-Identifier: Apache-2.0
package tollway.stun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.stun.StunAttribute.ChangeRequest;
import tollway.stun.StunAttribute.ErrorCode;
import tollway.stun.StunAttribute.IceControlled;
import tollway.stun.StunAttribute.IceControlling;
import tollway.stun.StunAttribute.MappedAddress;
import tollway.stun.StunAttribute.Other;
import tollway.stun.StunAttribute.OtherAddress;
import tollway.stun.StunAttribute.Priority;
import tollway.stun.StunAttribute.ResponseOrigin;
import tollway.stun.StunAttribute.Software;
import tollway.stun.StunAttribute.UnknownAttributes;
import tollway.stun.StunAttribute.UseCandidate;
import tollway.stun.StunAttribute.Username;
import tollway.stun.StunAttribute.XorMappedAddress;

final class StunCodecTest {
  /** RFC 5769 §2.1 to §2.4. */
  private static final String REQUEST =
      "000100582112a442b7e7a701bc34d686fa87dfae"
          + "802200105354554e207465737420636c69656e74"
          + "002400046e0001ff80290008932ff9b151263b36"
          + "000600096576746a3a68367659202020"
          + "000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf";

  private static final String IPV4_RESPONSE =
      "0101003c2112a442b7e7a701bc34d686fa87dfae"
          + "8022000b7465737420766563746f7220002000080001a147e112a643"
          + "000800142b91f599fd9e90c38c7489f92af9ba53f06be7d780280004c07d4c96";

  private static final String IPV6_RESPONSE =
      "010100482112a442b7e7a701bc34d686fa87dfae"
          + "8022000b7465737420766563746f7220"
          + "002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9"
          + "00080014a382954e4be67bf11784c97c8292c275bfe3ed4180280004c8fb0b4c";

  private static final String LONG_TERM_REQUEST =
      "000100602112a44278ad3433c6ad72c029da412e"
          + "00060012e3839ee38388e383aae38383e382afe382b90000"
          + "0015001c662f2f3439396b3935346436"
          + "4f4c33346f4c39465354767936347341"
          + "0014000b6578616d706c652e6f726700"
          + "00080014f67024656dd64a3e02b8e0712e85c9a28ca89666";

  /** What a coturn 4.6.1 with two addresses answered to an empty Binding request. */
  private static final String DISCOVERY_RESPONSE =
      "010100482112a442b7e7a701bc34d686fa87dfae002000080001e242e112a643"
          + "000100080001c350c0000201802b000800010d96c0000201802c000800010d97c0000203"
          + "80220014436f7475726e2d342e362e312027476f72737427";

  private static final Bytes PASSWORD = Bytes.ofUtf8("VOkJxbRl1RmTxUk/WvJxBt");
  private static final Bytes ID = hex("b7e7a701bc34d686fa87dfae");

  @Test
  void readsTheSampleRequestOfRfc5769() throws MalformedBytesException {
    StunMessage request = StunCodec.decode(hex(REQUEST));

    assertThat(request)
        .isEqualTo(
            StunMessage.request(
                ID,
                new Software("STUN test client"),
                new Priority(0x6e0001ffL),
                new IceControlled(0x932ff9b151263b36L),
                new Username("evtj:h6vY")));
    assertThat(StunCodec.isSigned(hex(REQUEST), PASSWORD)).isTrue();
    assertThat(StunCodec.isSigned(hex(REQUEST), Bytes.ofUtf8("another"))).isFalse();
  }

  @Test
  void readsTheSampleResponsesOfRfc5769() throws MalformedBytesException {
    StunMessage ipv4 = StunCodec.decode(hex(IPV4_RESPONSE));
    StunMessage ipv6 = StunCodec.decode(hex(IPV6_RESPONSE));

    assertThat(ipv4.isBinding(StunMessage.Kind.SUCCESS)).isTrue();
    assertThat(ipv4.first(XorMappedAddress.class))
        .contains(new XorMappedAddress(address("192.0.2.1", 32853)));
    assertThat(ipv6.first(XorMappedAddress.class))
        .contains(new XorMappedAddress(address("2001:db8:1234:5678:11:2233:4455:6677", 32853)));
    assertThat(StunCodec.isSigned(hex(IPV4_RESPONSE), PASSWORD)).isTrue();
    assertThat(StunCodec.isSigned(hex(IPV6_RESPONSE), PASSWORD)).isTrue();
  }

  @Test
  void readsTheLongTermRequestOfRfc5769() throws Exception {
    StunMessage request = StunCodec.decode(hex(LONG_TERM_REQUEST));

    String user = "\u30DE\u30C8\u30EA\u30C3\u30AF\u30B9";
    assertThat(request.first(Username.class)).contains(new Username(user));
    assertThat(request.fingerprint()).isFalse();
    // REALM and NONCE belong to long-term credentials, which we do not speak.
    assertThat(request.unknownRequired()).containsExactly(0x0015, 0x0014);
    byte[] key =
        MessageDigest.getInstance("MD5")
            .digest((user + ":example.org:TheMatrIX").getBytes(StandardCharsets.UTF_8));
    assertThat(StunCodec.isSigned(hex(LONG_TERM_REQUEST), Bytes.of(key))).isTrue();
  }

  /** Frozen: a change of these lines is a change of what we send. */
  @Test
  void writesWhatItAlwaysWrote() {
    StunMessage check =
        StunMessage.request(
            ID,
            new Username("evtj:h6vY"),
            new Priority(0x6e0001ffL),
            new IceControlling(0x932ff9b151263b36L),
            new UseCandidate());
    assertThat(StunCodec.encode(check, PASSWORD).hex())
        .isEqualTo(
            "000100482112a442b7e7a701bc34d686fa87dfae000600096576746a3a68367659000000"
                + "002400046e0001ff802a0008932ff9b151263b3600250000"
                + "000800149722b22f7aced8809ee6b97a2d6327ec2882d509802800041d7c6f47");
    assertThat(StunCodec.encode(check.success(mapped("192.0.2.1", 32853)), PASSWORD).hex())
        .isEqualTo(
            "0101002c2112a442b7e7a701bc34d686fa87dfae002000080001a147e112a643"
                + "0008001474c9371ebf3148548518699c3e3174c20dd9e68a80280004fae4043a");
    assertThat(StunCodec.encode(StunMessage.request(ID)).hex())
        .isEqualTo("000100082112a442b7e7a701bc34d686fa87dfae80280004fdf6ae02");
    assertThat(
            StunCodec.encode(
                    StunMessage.request(ID)
                        .error(ErrorCode.UNKNOWN_ATTRIBUTE, new UnknownAttributes(List.of(0x14))))
                .hex())
        .isEqualTo(
            "011100182112a442b7e7a701bc34d686fa87dfae0009000400000414000a000200140000"
                + "802800046ec5dc15");
  }

  /** Frozen, as above; the types and flags are those of RFC 5780 §7. */
  @Test
  void writesWhatFindsOutAboutNats() throws MalformedBytesException {
    StunMessage request =
        new StunMessage(
            1, StunMessage.Kind.REQUEST, ID, List.of(new ChangeRequest(true, false)), false);
    StunMessage answer =
        request.success(
            new MappedAddress(address("192.0.2.1", 32853)),
            new ResponseOrigin(address("198.51.100.2", 3478)),
            new OtherAddress(address("2001:db8::1", 3479)));

    assertThat(StunCodec.encode(request).hex())
        .isEqualTo("000100082112a442b7e7a701bc34d686fa87dfae0003000400000004");
    assertThat(StunCodec.encode(answer).hex())
        .isEqualTo(
            "010100302112a442b7e7a701bc34d686fa87dfae0001000800018055c0000201"
                + "802b000800010d96c6336402"
                + "802c001400020d9720010db8000000000000000000000001");
    // Other bits mean nothing, and are no fault (RFC 5780 §7.2).
    assertThat(
            StunCodec.decode(hex("000100082112a442b7e7a701bc34d686fa87dfae00030004fffffffb"))
                .first(ChangeRequest.class))
        .contains(new ChangeRequest(false, true));
    assertMalformed("000100042112a442b7e7a701bc34d686fa87dfae00030000");
    assertMalformed("0001000c2112a442b7e7a701bc34d686fa87dfae000300080000000400000000");
  }

  @Test
  void readsWhatAnotherServerWritesAboutItsAddresses() throws MalformedBytesException {
    StunMessage answer = StunCodec.decode(hex(DISCOVERY_RESPONSE));

    assertThat(answer.attributes())
        .containsExactly(
            mapped("192.0.2.1", 50000),
            new MappedAddress(address("192.0.2.1", 50000)),
            new ResponseOrigin(address("192.0.2.1", 3478)),
            new OtherAddress(address("192.0.2.3", 3479)),
            new Software("Coturn-4.6.1 'Gorst'"));
  }

  @Test
  void whoHasNoOtherAddressDoesNotUnderstandARequestToUseIt() {
    StunMessage request =
        StunMessage.request(
            ID,
            new Other(0x8001, Bytes.EMPTY),
            new ChangeRequest(false, false),
            new UseCandidate());

    assertThat(request.unknownRequired()).containsExactly(ChangeRequest.TYPE);
  }

  @Test
  void readsBackWhatItWrites() throws MalformedBytesException {
    Random random = new Random(5);
    for (int i = 0; i < 2_000; i++) {
      StunMessage message = message(random);
      Bytes signed = StunCodec.encode(message, PASSWORD);

      assertThat(StunCodec.decode(signed)).isEqualTo(message);
      assertThat(StunCodec.isSigned(signed, PASSWORD)).isTrue();
      assertThat(StunCodec.isSigned(signed, Bytes.ofUtf8("x"))).isFalse();
      Bytes unsigned = StunCodec.encode(message);
      assertThat(StunCodec.decode(unsigned)).isEqualTo(message);
      assertThat(StunCodec.isSigned(unsigned, PASSWORD)).isFalse();
      assertThat(StunCodec.isSigned(unsigned, Bytes.EMPTY)).isFalse();
    }
  }

  @Test
  void noiseIsAMessageOrMalformed() {
    Random random = new Random(8489);
    List<Bytes> seeds =
        List.of(hex(REQUEST), hex(IPV4_RESPONSE), hex(LONG_TERM_REQUEST), hex(DISCOVERY_RESPONSE));
    int understood = 0;
    for (int i = 0; i < 100_000; i++) {
      byte[] noise = seeds.get(random.nextInt(seeds.size())).toArray();
      switch (random.nextInt(3)) {
        case 0 -> noise = java.util.Arrays.copyOf(noise, random.nextInt(noise.length + 40));
        case 1 -> random.nextBytes(noise);
        default -> {}
      }
      for (int flips = random.nextInt(6); flips > 0 && noise.length > 0; flips--) {
        noise[random.nextInt(noise.length)] ^= (byte) (1 << random.nextInt(8));
      }
      try {
        StunMessage message = StunCodec.decode(Bytes.of(noise));
        StunCodec.isSigned(Bytes.of(noise), PASSWORD);
        StunCodec.encode(message, PASSWORD);
        understood++;
      } catch (MalformedBytesException expected) {
        assertThat(expected.getMessage()).isNotBlank();
      }
    }
    assertThat(understood).isGreaterThan(100);
  }

  @Test
  void aFlippedBitSpoilsTheFingerprint() {
    byte[] request = hex(REQUEST).toArray();
    for (int bit = 0; bit < request.length * 8; bit++) {
      byte[] flipped = request.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      try {
        // Only when the flip turned the fingerprint itself into an unknown attribute.
        assertThat(StunCodec.decode(Bytes.of(flipped)).fingerprint()).isFalse();
      } catch (MalformedBytesException expected) {
        assertThat(expected.getMessage()).isNotBlank();
      }
    }
  }

  @Test
  void ignoresWhatFollowsTheSignature() throws MalformedBytesException {
    StunMessage plain = new StunMessage(1, StunMessage.Kind.REQUEST, ID, List.of(), false);
    Bytes signed = StunCodec.encode(plain, PASSWORD);
    Bytes smuggled = hex("00250000");
    byte[] joined = signed.plus(smuggled).toArray();
    joined[3] = (byte) (joined[3] + 4);

    assertThat(StunCodec.decode(Bytes.of(joined)).first(UseCandidate.class)).isEmpty();
    assertThat(StunCodec.isSigned(Bytes.of(joined), PASSWORD)).isTrue();
  }

  @Test
  void refusesWhatIsNoStun() {
    assertMalformed("");
    assertMalformed("0001");
    assertMalformed("000100002112a442b7e7a701bc34d686fa87df");
    // Classic STUN (RFC 3489) without the cookie, and a top bit.
    assertMalformed("000100002112a443b7e7a701bc34d686fa87dfae");
    assertMalformed("400100002112a442b7e7a701bc34d686fa87dfae");
    // An attribute that runs over the end, a length that is not the datagram's.
    assertMalformed("000100042112a442b7e7a701bc34d686fa87dfae00250004");
    assertMalformed("000100082112a442b7e7a701bc34d686fa87dfae00250000");
    assertMalformed("00".repeat(StunCodec.LARGEST_MESSAGE + 4));
  }

  @Test
  void listsEachUnknownRequiredAttributeOnce() {
    List<StunAttribute> attributes = new ArrayList<>();
    for (int type : new int[] {0x7001, 0x7001, 0x7002, 0x9000}) {
      attributes.add(new Other(type, Bytes.EMPTY));
    }
    StunMessage message = new StunMessage(1, StunMessage.Kind.REQUEST, ID, attributes, false);

    assertThat(message.unknownRequired()).containsExactly(0x7001, 0x7002);
  }

  private static void assertMalformed(String hex) {
    assertThatThrownBy(() -> StunCodec.decode(hex(hex)))
        .isInstanceOf(MalformedBytesException.class);
  }

  private static StunMessage message(Random random) {
    List<StunAttribute> attributes = new ArrayList<>();
    for (int count = random.nextInt(5); count > 0; count--) {
      attributes.add(attribute(random));
    }
    StunMessage.Kind[] kinds = StunMessage.Kind.values();
    return new StunMessage(
        random.nextInt(0x1000),
        kinds[random.nextInt(kinds.length)],
        StunMessage.newTransactionId(random),
        attributes,
        random.nextBoolean());
  }

  private static StunAttribute attribute(Random random) {
    return switch (random.nextInt(14)) {
      case 0 -> new XorMappedAddress(randomAddress(random));
      case 1 -> new MappedAddress(randomAddress(random));
      case 2 -> new Username("u".repeat(random.nextInt(100)));
      case 3 -> new ErrorCode(300 + random.nextInt(400), "w".repeat(random.nextInt(50)));
      case 4 -> new UnknownAttributes(List.of(random.nextInt(0x10000), random.nextInt(0x10000)));
      case 5 -> new Priority(random.nextInt() & 0xffff_ffffL);
      case 6 -> new UseCandidate();
      case 7 -> new IceControlled(random.nextLong());
      case 8 -> new IceControlling(random.nextLong());
      case 9 -> new Software("\u00e9".repeat(random.nextInt(50)));
      case 10 -> new ChangeRequest(random.nextBoolean(), random.nextBoolean());
      case 11 -> new ResponseOrigin(randomAddress(random));
      case 12 -> new OtherAddress(randomAddress(random));
      default -> new Other(0xc000 + random.nextInt(100), StunMessage.newTransactionId(random));
    };
  }

  private static InetSocketAddress randomAddress(Random random) {
    byte[] raw = new byte[random.nextBoolean() ? 4 : 16];
    random.nextBytes(raw);
    return new InetSocketAddress(inet(raw), random.nextInt(0x10000));
  }

  private static XorMappedAddress mapped(String host, int port) {
    return new XorMappedAddress(address(host, port));
  }

  private static InetSocketAddress address(String host, int port) {
    return new InetSocketAddress(host, port);
  }

  private static InetAddress inet(byte[] raw) {
    try {
      return InetAddress.getByAddress(raw);
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static Bytes hex(String hex) {
    try {
      return Bytes.ofHex(hex);
    } catch (MalformedBytesException notHex) {
      throw new IllegalArgumentException(notHex);
    }
  }
}
