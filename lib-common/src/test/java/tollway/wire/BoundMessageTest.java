// SPDX-License-Identifier: Apache-2.0
package tollway.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.identity.Identity;
import tollway.identity.NodeId;

/** The {@code scrooge2} messages, which name whom they are for and echo that node's nonce. */
final class BoundMessageTest {
  private static final Identity ALICE = identity("alice-alice-alice-alice-alice-32");
  private static final NodeId BOB = identity("bob-bob-bob-bob-bob-bob-bob-bob!").nodeId();
  private static final Bytes TUNNEL_KEY = Bytes.ofUtf8("a tunnel key of thirty-two bytes");
  private static final Bytes HERS = Bytes.ofUtf8("nonce of Alice's");
  private static final Bytes HIS = Bytes.ofUtf8("that which Bob's");

  /** Changing a line changes the protocol. */
  private static final List<String> GOLDEN =
      List.of(
          "scrooge2_hello HwqxA9GAt1f2RZYlbIQTq/bolcy/nx9YI25HFyDSuAk= bm9uY2Ugb2YgQWxp"
              + "Y2Uncw== [fe80::1%eth0]:8482 1 1p45mAvI8riZlLQD4dRls7Sbwm94kTBWhkmrlP34iQqNW"
              + "Pd4Ugln4B8fiTb7LQtAX07x+J3Jszs74H1Nu00NDg==",
          "scrooge2_hello_confirm HwqxA9GAt1f2RZYlbIQTq/bolcy/nx9YI25HFyDSuAk= gumu0YT2"
              + "QwjIn4eAhI1si3pWxy9fI5rBqN7s66nECIQ= dGhhdCB3aGljaCBCb2Incw== bm9uY2Ugb2YgQW"
              + "xpY2Uncw== [fe80::1%eth0]:8482 18446744073709551615 YhPG35VTzOwbZlv0fpNoysjK"
              + "OmSYleoZatnI28PZ4J5C9BCQspi+BvRB/QS7FNV2xQ++IL6KUwh+y6E8rwwWAQ==",
          "scrooge2_tunnel HwqxA9GAt1f2RZYlbIQTq/bolcy/nx9YI25HFyDSuAk= gumu0YT2QwjIn4e"
              + "AhI1si3pWxy9fI5rBqN7s66nECIQ= dGhhdCB3aGljaCBCb2Incw== YSB0dW5uZWwga2V5IG9mI"
              + "HRoaXJ0eS10d28gYnl0ZXM= [fe80::1%eth0]:51821 9223372036854775808 mh8KjSlDc+c"
              + "jC6AkS+uuTSHWBjeLJguLWQaN83fqPP5SbDgKQSDP1eEnbVAxWsXk9LE2a1Q6a/Jv20yDBhKgDQ="
              + "=",
          "scrooge2_tunnel_confirm HwqxA9GAt1f2RZYlbIQTq/bolcy/nx9YI25HFyDSuAk= gumu0YT"
              + "2QwjIn4eAhI1si3pWxy9fI5rBqN7s66nECIQ= dGhhdCB3aGljaCBCb2Incw== YSB0dW5uZWwga"
              + "2V5IG9mIHRoaXJ0eS10d28gYnl0ZXM= [fe80::1%eth0]:51821 0 +T/uCVD3j+A9m8cb5Wyto"
              + "rcggIglWhKab/LfijoZ097Zm7IUUwzCJ3gWgoXlqh0V7yE3abzRyJq/TM5uaqOfAg==");

  private record Bound(LinkMessage message, Binding binding) {}

  private static Identity identity(String seed) {
    return Identity.ofSeed(Bytes.ofUtf8(seed));
  }

  private static List<Bound> oneOfEach() throws MalformedBytesException {
    NodeId alice = ALICE.nodeId();
    Endpoint control = Endpoint.parse("[fe80::1%eth0]:8482");
    Endpoint end = Endpoint.parse("[fe80::1%eth0]:51821");
    return List.of(
        new Bound(new LinkMessage.Hello(alice, control, 1), Binding.hello(HERS)),
        new Bound(
            new LinkMessage.HelloConfirm(alice, control, -1), Binding.confirm(BOB, HIS, HERS)),
        new Bound(
            new LinkMessage.Tunnel(alice, TUNNEL_KEY, end, 1L << 63), Binding.tunnel(BOB, HIS)),
        new Bound(
            new LinkMessage.TunnelConfirm(alice, TUNNEL_KEY, end, 0), Binding.tunnel(BOB, HIS)));
  }

  private static Fault faultOf(Bytes datagram) {
    return catchThrowableOfType(
            MalformedMessageException.class, () -> LinkCodec.parseBound(datagram, "eth0").verify())
        .fault();
  }

  @Test
  void messagesAreTheseTexts() throws Exception {
    List<String> texts = new ArrayList<>();
    for (Bound each : oneOfEach()) {
      texts.add(LinkCodec.sign(each.message(), each.binding(), ALICE).utf8());
    }
    assertThat(texts).isEqualTo(GOLDEN);
  }

  @Test
  void whatWasSaidIsRead() throws Exception {
    for (Bound each : oneOfEach()) {
      Bytes datagram = LinkCodec.sign(each.message(), each.binding(), ALICE);
      Unverified unverified = LinkCodec.parseBound(datagram, "eth0");
      assertThat(unverified.claimedBinding()).contains(each.binding());
      assertThat(unverified.verify()).isEqualTo(each.message());
      assertThat(Inspector.inspect(datagram, SigningRule.DEFAULT).fault()).isEmpty();
      assertThat(Inspector.inspect(datagram, SigningRule.DEFAULT).versions())
          .containsExactly("scrooge2");
      assertThat(datagram.size()).isLessThan(LinkCodec.SIZE_LIMIT);
    }
  }

  @Test
  void eachPortHasItsOwnMessages() throws Exception {
    for (Bound each : oneOfEach()) {
      Bytes bound = LinkCodec.sign(each.message(), each.binding(), ALICE);
      MalformedMessageException fault =
          catchThrowableOfType(
              MalformedMessageException.class, () -> LinkCodec.parse(bound, "eth0"));
      assertThat(fault.fault()).isEqualTo(Fault.BAD_TYPE);
      assertThat(faultOf(LinkCodec.sign(each.message(), ALICE))).isEqualTo(Fault.BAD_TYPE);
    }
  }

  @Test
  @DisplayName("W12: a message for one neighbour can't be made one for another")
  void aFlippedBitIsNeverTheSameMessage() throws Exception {
    for (Bound each : oneOfEach()) {
      byte[] datagram = LinkCodec.sign(each.message(), each.binding(), ALICE).toArray();
      for (int bit = 0; bit < 8 * datagram.length; bit += 3) {
        datagram[bit / 8] ^= (byte) (1 << bit % 8);
        assertThat(faultOf(Bytes.of(datagram))).isNotNull();
        datagram[bit / 8] ^= (byte) (1 << bit % 8);
      }
    }
  }

  @Test
  void aNonceHasOneSizeAndOneText() throws Exception {
    String sound = LinkCodec.sign(oneOfEach().get(0).message(), Binding.hello(HERS), ALICE).utf8();
    String nonce = HERS.base64();
    assertThat(faultOf(Bytes.ofUtf8(sound.replace(nonce, "AAAA")))).isEqualTo(Fault.BAD_NONCE);
    assertThat(faultOf(Bytes.ofUtf8(sound.replace(nonce, nonce.replace("=", "")))))
        .isEqualTo(Fault.BAD_BASE64);
    assertThat(faultOf(Bytes.ofUtf8(sound.replace(" " + nonce, ""))))
        .isEqualTo(Fault.BAD_FIELD_COUNT);
  }

  @Test
  void noiseIsRefusedAndNothingElse() throws Exception {
    Random random = new Random(8482);
    List<Bound> messages = oneOfEach();
    for (int round = 0; round < 20_000; round++) {
      Bound of = messages.get(round % 4);
      byte[] datagram =
          LinkCodec.sign(of.message(), of.binding(), ALICE)
              .utf8()
              .replaceFirst(" [^ ]*$", " AAAA")
              .getBytes(StandardCharsets.US_ASCII);
      for (int edits = random.nextInt(4); edits >= 0; edits--) {
        int at = random.nextInt(datagram.length);
        datagram[at] =
            round % 2 == 1
                ? (byte) " :[]%.=0+/\n".charAt(random.nextInt(11))
                : (byte) random.nextInt(256);
      }
      assertThat(faultOf(Bytes.of(datagram))).isNotNull();
      assertThat(Inspector.inspect(Bytes.of(datagram), SigningRule.DEFAULT).fault()).isPresent();
    }
  }
}
