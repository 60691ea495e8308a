// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tollway.pipeline.AddressBlock;

class FrontsTest {
  private final Fronts fronts =
      new Fronts(List.of(AddressBlock.of("127.0.0.1"), AddressBlock.of("2001:db8:c::/48")));

  @Test
  void theLastWhoIsNoFrontIsTheClient() throws Exception {
    assertThat(client("127.0.0.1", "198.51.100.7")).isEqualTo("198.51.100.7");
    assertThat(client("127.0.0.1", "198.51.100.7", "2001:db8:c::9")).isEqualTo("198.51.100.7");
    assertThat(client("127.0.0.1", "198.51.100.7, 2001:db8:c::9,127.0.0.1"))
        .isEqualTo("198.51.100.7");
    assertThat(client("127.0.0.1", "2001:db8::1")).isEqualTo("2001:db8:0:0:0:0:0:1");
  }

  @Test
  void whatAStrangerSaysOfItselfIsNotBelieved() throws Exception {
    assertThat(client("192.0.2.66", "198.51.100.7")).isEqualTo("192.0.2.66");
    assertThat(client("127.0.0.1", "203.0.113.1, 192.0.2.66")).isEqualTo("192.0.2.66");
    assertThat(client("127.0.0.1", "203.0.113.1, 192.0.2.66, 2001:db8:c::9"))
        .isEqualTo("192.0.2.66");
  }

  @Test
  void aFrontThatDoesNotSayStandsForItself() throws Exception {
    assertThat(client("127.0.0.1")).isEqualTo("127.0.0.1");
    assertThat(client("127.0.0.1", "")).isEqualTo("127.0.0.1");
    assertThat(client("127.0.0.1", "unknown")).isEqualTo("127.0.0.1");
    assertThat(client("127.0.0.1", "198.51.100.7, localhost")).isEqualTo("127.0.0.1");
    assertThat(client("127.0.0.1", "127.0.0.1,".repeat(100) + "127.0.0.1")).isEqualTo("127.0.0.1");
    assertThat(new Fronts(List.of()).has(at("127.0.0.1"))).isFalse();
  }

  @Test
  void noiseIsNobody() throws Exception {
    Random random = new Random(7);
    for (int round = 0; round < 2000; round++) {
      StringBuilder noise = new StringBuilder();
      for (int i = random.nextInt(60); i > 0; i--) {
        noise.append("0123456789abcdef.:,[]% \t/".charAt(random.nextInt(25)));
      }
      String client = client("192.0.2.66", noise.toString());
      assertThat(client).isEqualTo("192.0.2.66");
      assertThat(client("127.0.0.1", noise + ",192.0.2.66")).isEqualTo("192.0.2.66");
      assertThat(client("127.0.0.1", noise.toString())).isNotEmpty();
    }
  }

  private String client(String remote, String... forwardedFor) throws Exception {
    InetSocketAddress client = (InetSocketAddress) fronts.client(at(remote), List.of(forwardedFor));
    return client.getAddress().getHostAddress();
  }

  private static InetSocketAddress at(String literal) throws Exception {
    return new InetSocketAddress(
        InetAddress.getByAddress(NetUtil.createByteArrayFromIpAddressString(literal)), 1);
  }
}
