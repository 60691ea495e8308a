// SPDX-License-Identifier: Apache-2.0
package tollway.stun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tollway.loop.NettyLoops;
import tollway.stun.StunAttribute.OtherAddress;

final class NatDiscoveryTest {
  private static final StunPace PACE = new StunPace(Duration.ofMillis(500), 5);
  private static final InetSocketAddress LOOPBACK =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private final NettyLoops loops = new NettyLoops(1);

  @AfterEach
  void close() {
    loops.close();
  }

  @Test
  void findsNoNatWhereThereIsNone() throws Exception {
    StunAlternate alternate = StunAlternate.at(new InetSocketAddress("127.0.0.2", 0));
    try (StunResponder responder =
        StunResponder.bind(loops, List.of(LOOPBACK), Optional.of(alternate))) {
      NatBehavior behavior =
          NatDiscovery.discover(loops.next(), responder.addresses().get(0), PACE)
              .get(60, TimeUnit.SECONDS);

      assertThat(behavior.translated()).isFalse();
      assertThat(behavior.mapped().getAddress()).isEqualTo(LOOPBACK.getAddress());
      assertThat(behavior.mapping()).isEqualTo(NatBehavior.Dependence.ENDPOINT_INDEPENDENT);
      assertThat(behavior.filtering()).isEqualTo(NatBehavior.Dependence.ENDPOINT_INDEPENDENT);
    }
  }

  @Test
  void aServerWithOneAddressIsOfNoUse() throws Exception {
    try (StunResponder responder = StunResponder.bind(loops, LOOPBACK)) {
      assertThatThrownBy(
              () ->
                  NatDiscovery.discover(loops.next(), responder.addresses().get(0), PACE)
                      .get(60, TimeUnit.SECONDS))
          .hasMessageContaining("does not speak RFC 5780");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "192.0.2.1:3478 | 192.0.2.2:3479 | ",
        "10.0.0.1:3478 | 10.0.0.2:3479 | ",
        "192.0.2.1:3478 | 192.0.2.1:3479 | names no other address that serves",
        "192.0.2.1:3478 | 192.0.2.2:3478 | names no other address that serves",
        "192.0.2.1:3478 | 192.0.2.2:0 | names no other address that serves",
        "192.0.2.1:3478 | [2001:db8::1]:3479 | names no other address that serves",
        "192.0.2.1:3478 | 192.168.0.1:53 | not on the public Internet",
        "192.0.2.1:3478 | 127.0.0.1:53 | not on the public Internet",
        "10.0.0.1:3478 | 224.0.0.1:53 | not on the public Internet",
      })
  void noServerSendsUsWhereItHasNothingToSay(String server, String other, String objection)
      throws Exception {
    StunMessage answer =
        StunMessage.request(StunMessage.newTransactionId(new Random(1)))
            .success(new OtherAddress(address(other)));
    if (objection == null) {
      assertThat(NatDiscovery.otherAddress(address(server), answer)).isEqualTo(address(other));
    } else {
      assertThatThrownBy(() -> NatDiscovery.otherAddress(address(server), answer))
          .hasMessage(
              server
                  + " "
                  + (objection.startsWith("not") ? "names another address that is " : "")
                  + objection);
    }
  }

  private static InetSocketAddress address(String text) throws Exception {
    int colon = text.lastIndexOf(':');
    String host = text.substring(0, colon).replaceAll("[\\[\\]]", "");
    return new InetSocketAddress(
        InetAddress.getByAddress(NetUtil.createByteArrayFromIpAddressString(host)),
        Integer.parseInt(text.substring(colon + 1)));
  }
}
