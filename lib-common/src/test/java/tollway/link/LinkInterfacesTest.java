// SPDX-License-Identifier: Apache-2.0
package tollway.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;

final class LinkInterfacesTest {
  private static final String ADDRESSES =
      """
      00000000000000000000000000000001 01 80 10 80       lo
      fe8000000000000018d3dcfffebd31d5 0a 40 20 80     wlan0
      fe80000000000000dcbbfbfffe7dafc8 02 40 20 c0     eth0
      fe80000000000000dcbbfbfffe7dafc9 03 40 20 88     eth1
      20010db8000000000000000000000001 0a 40 00 80     wlan0
      fe80000000000000dcbbfbfffe7dafca 04 40 20 80     eth2
      fe80000000000000dcbbfbfffe7dafcb 04 40 20 80     eth2
      """;

  @Test
  void onlyASettledLinkLocalAddressMakesAnInterfaceUsable() throws Exception {
    Bytes eth2 = Bytes.ofHex("fe80000000000000dcbbfbfffe7dafca");
    Bytes wlan0 = Bytes.ofHex("fe8000000000000018d3dcfffebd31d5");
    assertThat(LinkInterfaces.parseAddresses(ADDRESSES))
        .containsExactly(new LinkInterface("eth2", 4, eth2), new LinkInterface("wlan0", 10, wlan0));
  }

  @Test
  void namesComeFromTheListOfDevices() {
    String devices =
        """
        Inter-|   Receive                                                |  Transmit
         face |bytes    packets errs drop fifo frame compressed multicast|bytes
        wlan0: 1 2 3
            lo: 1 2 3
        eth0:1: 1 2 3
        """;
    assertThat(LinkInterfaces.parseDevices(devices)).containsExactly("eth0:1", "lo", "wlan0");
  }

  @Test
  void theHostListsItsLoopbackAmongNamesOnly() throws Exception {
    assertThat(LinkInterfaces.names()).contains("lo");
    assertThat(LinkInterfaces.usable()).extracting(LinkInterface::name).doesNotContain("lo");
  }

  @Test
  void linesThatMakeNoSenseAreSkipped() {
    Random random = new Random(3);
    for (int round = 0; round < 2_000; round++) {
      char[] text = ADDRESSES.toCharArray();
      for (int edits = 0; edits < 8; edits++) {
        text[random.nextInt(text.length)] = (char) (' ' + random.nextInt(95));
      }
      assertThat(LinkInterfaces.parseAddresses(new String(text))).hasSizeLessThan(8);
      assertThat(LinkInterfaces.parseDevices(new String(text))).isNotNull();
    }
  }

  @Test
  void aStarStandsForAnything() {
    LinkConfig config = new LinkConfig(List.of("eth*", "wl*n0", "mesh"), 0, 8481, 512);
    for (String wanted : List.of("eth", "eth0", "eth0.100", "wln0", "wlan0", "wl-n0-n0", "mesh")) {
      assertThat(config.wants(wanted)).as(wanted).isTrue();
    }
    for (String other : List.of("veth0", "wlan1", "mesh0", "lo", "")) {
      assertThat(config.wants(other)).as(other).isFalse();
    }
    assertThat(new LinkConfig(List.of("*"), 0, 8481, 512).wants("lo")).isFalse();
  }
}
