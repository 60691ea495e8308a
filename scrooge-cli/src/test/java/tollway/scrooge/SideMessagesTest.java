// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.link.LinkDatagram;
import tollway.link.LinkInterface;

final class SideMessagesTest {
  private static final LinkInterface ETH0 = new LinkInterface("eth0", 3, address(1));

  private final List<String> taken = new ArrayList<>();
  private final SideMessages messages =
      new SideMessages((link, source) -> link.equals("eth0") && source.equals(address(9)));

  @Test
  void eachMessageGoesToWhoTakesItsFirstWord() {
    messages.on("scrooge2_usage", datagram -> taken.add(datagram.payload().utf8()), 0);
    say("scrooge2_usage a b", 2);
    say("scrooge2_usages a b", 2);
    say("scrooge2_usage", 2);
    say("", 2);
    say(" scrooge2_usage", 2);
    say("x".repeat(500), 2);
    assertThat(taken).containsExactly("scrooge2_usage a b");
    assertThat(messages.unknown()).isEqualTo(5);
  }

  @Test
  void strangersCannotUseUpWhatANeighbourMaySay() {
    messages.on("scrooge2_usage", datagram -> taken.add(datagram.payload().utf8()), 0);
    for (int i = 0; i < 5_000; i++) {
      say("scrooge2_usage junk", 10 + i % 200);
    }
    assertThat(taken).hasSize(500);
    assertThat(messages.overBudget()).isEqualTo(4_500);
    say("scrooge2_usage receipt", 9);
    assertThat(taken).endsWith("scrooge2_usage receipt");
  }

  @Test
  void aFloodOfOneMessageLeavesRoomForAnother() {
    messages.on("one", datagram -> taken.add("one"), 0);
    messages.on("other", datagram -> taken.add("other"), 0);
    for (int i = 0; i < 1_000; i++) {
      say("one x", 10 + i % 200);
    }
    say("other x", 10);
    assertThat(taken).endsWith("other");
  }

  @Test
  void noiseReachesNobody() {
    messages.on("scrooge2_usage", datagram -> taken.add("noise"), 0);
    Random random = new Random(8482);
    for (int i = 0; i < 20_000; i++) {
      byte[] noise = new byte[random.nextInt(64)];
      random.nextBytes(noise);
      messages.received(new LinkDatagram(Bytes.of(noise), source(2), ETH0), 0);
    }
    assertThat(taken).isEmpty();
    assertThat(messages.unknown()).isEqualTo(20_000);
  }

  private void say(String text, int from) {
    messages.received(new LinkDatagram(Bytes.ofUtf8(text), source(from), ETH0), 0);
  }

  private static InetSocketAddress source(int number) {
    try {
      return new InetSocketAddress(
          Inet6Address.getByAddress(null, address(number).toArray(), 3), 8482);
    } catch (java.net.UnknownHostException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static Bytes address(int number) {
    byte[] address = new byte[16];
    address[0] = (byte) 0xfe;
    address[1] = (byte) 0x80;
    address[15] = (byte) number;
    return Bytes.of(address);
  }
}
