// SPDX-License-Identifier: Apache-2.0
package tollway.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.identity.Identity;
import tollway.identity.NodeId;

final class LinkCodecTest {
  private static final Identity ALICE = identity("alice-alice-alice-alice-alice-32");
  private static final Identity MALLORY = identity("mallory-mallory-mallory-mallory!");
  private static final Bytes TUNNEL_KEY = Bytes.ofUtf8("a tunnel key of thirty-two bytes");
  private static final String KEY = ALICE.nodeId().base64();

  /** Changing a line changes the protocol. */
  private static final List<String> GOLDEN =
      List.of(
          "scrooge_hello HwqxA9GAt1f2RZYlbIQTq/bolcy/nx9YI25HFyDSuAk= [fe80::1%eth0]:8481 1"
              + " ZU8gFVRgg79KCqpLY3FnGlsbtTcHEdQGc1CXCFE8QeANfK4arGaNsq06RIf0R1jTwx60axojq/uO"
              + "JXlHfbY+Ag==",
          "scrooge_hello_confirm HwqxA9GAt1f2RZYlbIQTq/bolcy/nx9YI25HFyDSuAk= 192.0.2.1:8481"
              + " 18446744073709551615 BmnxVXskC68D+AgN8Q0Ixce3Pek+tJs57ck2yw1775wbQi+sh5w06EvG"
              + "jgz/MWItwiE4llDbwX7QB6bSRpcYCA==",
          "scrooge_tunnel HwqxA9GAt1f2RZYlbIQTq/bolcy/nx9YI25HFyDSuAk="
              + " YSB0dW5uZWwga2V5IG9mIHRoaXJ0eS10d28gYnl0ZXM= [2001:db8::2]:51820"
              + " 9223372036854775808 U4RgShBTxv5J8sMfI1ZhfiJ0BOxcCKzR5PmdIB2WPpvEYQI55VJ8fHE3tS"
              + "zes4yKD9bLO7LMUCii/Mt7vjq4Dg==",
          "scrooge_tunnel_confirm HwqxA9GAt1f2RZYlbIQTq/bolcy/nx9YI25HFyDSuAk="
              + " YSB0dW5uZWwga2V5IG9mIHRoaXJ0eS10d28gYnl0ZXM= [fe80::2]:51821 0"
              + " WfTg/DMlDPOrWr+1fsX/XalO3Su5CGetJahixLPxJ96eJL1ZSv5YNYpjmYVzOZRWFsDTTHHY9DiJq0"
              + "MRPrn6Dw==");

  private static Identity identity(String seed) {
    return Identity.ofSeed(Bytes.ofUtf8(seed));
  }

  private static Endpoint endpoint(String text) throws MalformedBytesException {
    return Endpoint.parse(text);
  }

  private static List<LinkMessage> oneOfEach() throws MalformedBytesException {
    NodeId alice = ALICE.nodeId();
    return List.of(
        new LinkMessage.Hello(alice, endpoint("[fe80::1%eth0]:8481"), 1),
        new LinkMessage.HelloConfirm(alice, endpoint("192.0.2.1:8481"), -1),
        new LinkMessage.Tunnel(alice, TUNNEL_KEY, endpoint("[2001:db8::2]:51820"), 1L << 63),
        new LinkMessage.TunnelConfirm(alice, TUNNEL_KEY, endpoint("[fe80::2]:51821"), 0));
  }

  private static Fault faultOf(String text) {
    return faultOf(Bytes.of(text.getBytes(StandardCharsets.ISO_8859_1)));
  }

  private static Fault faultOf(Bytes datagram) {
    return catchThrowableOfType(
            MalformedMessageException.class, () -> LinkCodec.parse(datagram).verify())
        .fault();
  }

  private static String signed(String unsigned) {
    Bytes signature = ALICE.sign(Bytes.ofUtf8(unsigned));
    return unsigned + " " + signature.base64();
  }

  @Test
  void whatIsSignedIsRead() throws Exception {
    for (LinkMessage message : oneOfEach()) {
      Bytes datagram = LinkCodec.sign(message, ALICE);
      Unverified unverified = LinkCodec.parse(datagram);
      assertThat(unverified.claimedSender()).isEqualTo(ALICE.nodeId());
      assertThat(unverified.claimedSeqno()).isEqualTo(message.seqno());
      assertThat(unverified.verify()).isEqualTo(message);
      assertThat(unverified.verifyKnown(ALICE.nodeId(), SigningRule.DEFAULT)).isEqualTo(message);
      assertThat(LinkCodec.sign(LinkCodec.format(message), ALICE, SigningRule.SPACED))
          .isEqualTo(datagram);
    }
  }

  @Test
  void theWireStaysAsItIs() throws Exception {
    List<LinkMessage> messages = oneOfEach();
    for (int i = 0; i < messages.size(); i++) {
      assertThat(LinkCodec.sign(messages.get(i), ALICE).utf8()).isEqualTo(GOLDEN.get(i));
    }
  }

  @Test
  void aLinkLocalAddressIsOnTheLinkItCameFrom() throws Exception {
    LinkMessage hello = oneOfEach().get(0);
    Unverified received = LinkCodec.parse(LinkCodec.sign(hello, ALICE), "mesh7");
    assertThat(received.verify())
        .isEqualTo(new LinkMessage.Hello(ALICE.nodeId(), endpoint("[fe80::1%mesh7]:8481"), 1));
    LinkMessage global = oneOfEach().get(1);
    assertThat(LinkCodec.parse(LinkCodec.sign(global, ALICE), "mesh7").verify()).isEqualTo(global);
  }

  @Test
  @DisplayName("W2, P2: whatever is missing, too long or not in its form is named and dropped")
  void everyFaultHasItsCode() {
    String sig = " " + "A".repeat(86) + "==";
    String hello = "scrooge_hello " + KEY;
    assertThat(faultOf("")).isEqualTo(Fault.BAD_LENGTH);
    assertThat(faultOf("\n")).isEqualTo(Fault.BAD_LENGTH);
    assertThat(faultOf("x".repeat(513))).isEqualTo(Fault.BAD_LENGTH);
    assertThat(faultOf("x".repeat(512))).isEqualTo(Fault.BAD_TYPE);
    assertThat(faultOf("scrooge_h\u00e9llo a")).isEqualTo(Fault.NOT_ASCII);
    assertThat(faultOf("scrooge_hello\0")).isEqualTo(Fault.NOT_ASCII);
    assertThat(faultOf(" ")).isEqualTo(Fault.BAD_TYPE);
    assertThat(faultOf("scrooge_ihu a b")).isEqualTo(Fault.BAD_TYPE);
    assertThat(faultOf("scrooge_hello")).isEqualTo(Fault.BAD_FIELD_COUNT);
    assertThat(faultOf("scrooge_hello ")).isEqualTo(Fault.BAD_FIELD_COUNT);
    assertThat(faultOf("scrooge_hello a b c d e f g h")).isEqualTo(Fault.BAD_FIELD_COUNT);
    assertThat(faultOf(hello + " 192.0.2.1:1 1 1" + sig)).isEqualTo(Fault.BAD_FIELD_COUNT);
    assertThat(faultOf("scrooge_tunnel " + KEY + " a:1 1" + sig)).isEqualTo(Fault.BAD_FIELD_COUNT);
    assertThat(faultOf("scrooge_hello k a 1" + sig)).isEqualTo(Fault.BAD_BASE64);
    assertThat(faultOf("scrooge_hello AAAA a 1" + sig)).isEqualTo(Fault.BAD_KEY);
    assertThat(faultOf(hello + " 192.0.2.1:1 1 AAAA")).isEqualTo(Fault.BAD_SIGNATURE);
    assertThat(faultOf(hello + " 192.0.2.1:1 1 " + "A".repeat(86) + "=")) //
        .isEqualTo(Fault.BAD_BASE64);
    assertThat(faultOf(hello + " 192.0.2.1:1 1 " + "A".repeat(85) + "B==")) //
        .isEqualTo(Fault.BAD_BASE64);
    assertThat(faultOf(hello + " 192.0.2.1:1 1" + sig)).isEqualTo(Fault.BAD_SIGNATURE);
  }

  @Test
  @DisplayName("W6: a number has one text")
  void onlyOneFormOfASequenceNumberIsRead() {
    for (String seqno :
        List.of("012", "+12", "-1", "0x1", "1e3", "18446744073709551616", "99999999999999999999")) {
      String text = signed("scrooge_hello " + KEY + " 192.0.2.1:8481 " + seqno);
      assertThat(faultOf(text)).as(seqno).isEqualTo(Fault.BAD_SEQNUM);
    }
  }

  @Test
  @DisplayName("W6: an address has one text")
  void onlyReachableAddressesInOneFormAreRead() {
    for (String address :
        List.of(
            "derp.com",
            "derp.com:1",
            "192.0.2.1",
            "192.0.2.1:0",
            "192.0.2.1:65536",
            "192.0.2.1:08481",
            "192.0.2.01:8481",
            "192.0.2:8481",
            "192.0.2.256:8481",
            "0.0.0.0:1",
            "127.0.0.1:1",
            "224.0.0.1:1",
            "255.255.255.255:1",
            "2001:db8::1:8481",
            "[2001:db8::1]",
            "[2001:db8::1]:",
            "[2001:DB8::1]:1",
            "[2001:db8:0::1]:1",
            "[2001:db8::0:0:1:0]:1",
            "[2001:db8::1::]:1",
            "[:::]:1",
            "[1:2:3:4:5:6:7]:1",
            "[1:2:3:4:5:6:7:8:9]:1",
            "[1:2:3:4:5:6:7::8]:1",
            "[::]:1",
            "[::1]:1",
            "[::ffff:1.2.3.4]:1",
            "[::ffff:102:304]:1",
            "[ff02::1%eth0]:1",
            "[fe80::1%]:1",
            "[fe80::1%an-interface-too-long]:1",
            "[fe80::1%a/b]:1",
            "[fe80::1%a%b]:1",
            "[2001:db8::1%eth0]:1",
            "192.0.2.1%eth0:1",
            "[192.0.2.1]:1",
            "]:[",
            "[",
            "%",
            ":")) {
      String text = signed("scrooge_hello " + KEY + " " + address + " 12");
      assertThat(faultOf(text)).as(address).isEqualTo(Fault.BAD_ADDRESS);
    }
  }

  @Test
  void addressesInCanonicalFormAreRead() throws Exception {
    for (String address :
        List.of(
            "1.1.1.1:8481",
            "223.255.255.255:65535",
            "[fe80::1%eth0.100]:8481",
            "[fe80::1]:1",
            "[2001:db8::1:0:0:1]:1",
            "[2001:db8:1:1:1:1:1:0]:1",
            "[1:0:2:0:3:0:4:5]:1",
            "[1:0:0:2::3]:1",
            "[1::2:0:0:3]:1",
            "[1::2:0:0:3:4]:1",
            "[2001:db8::]:8481",
            "[64:ff9b::102:304]:1")) {
      String text = signed("scrooge_hello " + KEY + " " + address + " 12");
      assertThat(LinkCodec.format(LinkCodec.parse(Bytes.ofUtf8(text)).verify()))
          .isEqualTo(text.substring(0, text.lastIndexOf(' ')));
    }
  }

  @Test
  void theOperatorLearnsTheCanonicalForm() {
    assertThatThrownBy(() -> Endpoint.parse("[2001:DB8:0::1]:8481"))
        .hasMessageContaining("write [2001:db8::1]:8481");
  }

  @Test
  void tunnelKeysThatShareNoSecretAreRefused() throws Exception {
    String[] hex = {
      "0000000000000000000000000000000000000000000000000000000000000000",
      "0100000000000000000000000000000000000000000000000000000000000000",
      "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
      "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
    };
    for (String key : hex) {
      byte[] secret = new byte[32];
      byte[] own = Bytes.ofUtf8("any private key of thirty-two by").toArray();
      boolean shares =
          org.bouncycastle.math.ec.rfc7748.X25519.calculateAgreement(
              own, 0, Bytes.ofHex(key).toArray(), 0, secret, 0);
      assertThat(shares).as("the list is right about " + key).isFalse();
      assertThat(faultOf(tunnelWith(Bytes.ofHex(key)))).isEqualTo(Fault.SMALL_ORDER);
    }
    Bytes notCanonical = Bytes.ofHex("ed" + "ff".repeat(30) + "7f");
    assertThat(faultOf(tunnelWith(notCanonical))).isEqualTo(Fault.BAD_KEY);
    assertThat(faultOf(tunnelWith(Bytes.ofHex("09" + "00".repeat(30) + "80"))))
        .isEqualTo(Fault.BAD_KEY);
    assertThatThrownBy(
            () -> new LinkMessage.Tunnel(ALICE.nodeId(), notCanonical, endpoint("192.0.2.1:1"), 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static String tunnelWith(Bytes key) {
    return signed("scrooge_tunnel " + KEY + " " + key.base64() + " 192.0.2.1:51820 1");
  }

  @Test
  void oneTrailingLineFeedIsNoFault() throws Exception {
    LinkMessage hello = oneOfEach().get(0);
    Bytes datagram = LinkCodec.sign(hello, ALICE);
    assertThat(LinkCodec.parse(datagram.plus(Bytes.ofUtf8("\n"))).verify()).isEqualTo(hello);
    assertThat(faultOf(datagram.plus(Bytes.ofUtf8("\n\n")))).isEqualTo(Fault.NOT_ASCII);
    assertThat(faultOf(datagram.plus(Bytes.ofUtf8("\r\n")))).isEqualTo(Fault.NOT_ASCII);
  }

  @Test
  void nobodySpeaksForAnother() throws Exception {
    LinkMessage hello = oneOfEach().get(0);
    assertThatThrownBy(() -> LinkCodec.sign(hello, MALLORY))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> LinkCodec.sign(LinkCodec.format(hello), MALLORY, SigningRule.SPACED))
        .isInstanceOf(MalformedMessageException.class);
    String forged =
        LinkCodec.format(hello)
            + " "
            + MALLORY.sign(Bytes.ofUtf8(LinkCodec.format(hello))).base64();
    assertThat(faultOf(forged)).isEqualTo(Fault.BAD_SIGNATURE);
  }

  @Test
  void otherSigningRulesAreReadOnlyOnRequest() throws Exception {
    for (LinkMessage message : oneOfEach()) {
      for (SigningRule rule : SigningRule.values()) {
        Unverified read = LinkCodec.parse(LinkCodec.sign(message, ALICE, rule));
        assertThat(read.verify(Set.of(rule))).isEqualTo(message);
        if (rule != SigningRule.SPACED) {
          assertThatThrownBy(read::verify).isInstanceOf(MalformedMessageException.class);
        }
      }
    }
  }

  @Test
  void aFlippedBitIsNeverTheSameMessage() throws Exception {
    for (LinkMessage message : oneOfEach()) {
      byte[] datagram = LinkCodec.sign(message, ALICE).toArray();
      for (int bit = 0; bit < 8 * datagram.length; bit += 3) {
        datagram[bit / 8] ^= (byte) (1 << bit % 8);
        assertThat(faultOf(Bytes.of(datagram))).isNotNull();
        datagram[bit / 8] ^= (byte) (1 << bit % 8);
      }
    }
  }

  @Test
  @DisplayName("P1: whatever the bytes are, they are a message or refused")
  void noiseIsRefusedAndNothingElse() throws Exception {
    Random random = new Random(8481);
    List<LinkMessage> messages = oneOfEach();
    for (int round = 0; round < 60_000; round++) {
      byte[] datagram = new byte[random.nextInt(600)];
      random.nextBytes(datagram);
      if (round % 3 != 0) {
        datagram =
            LinkCodec.format(messages.get(round % 4))
                .concat(" AAAA")
                .getBytes(StandardCharsets.US_ASCII);
        for (int edits = random.nextInt(4); edits >= 0; edits--) {
          int at = random.nextInt(datagram.length);
          datagram[at] =
              round % 3 == 1
                  ? (byte) " :[]%.=0+/\n".charAt(random.nextInt(11))
                  : (byte) random.nextInt(256);
        }
      }
      assertThat(faultOf(Bytes.of(datagram))).isNotNull();
      assertThat(Inspector.inspect(Bytes.of(datagram), SigningRule.DEFAULT).fault()).isPresent();
    }
  }
}
