// SPDX-License-Identifier: Apache-2.0
package tollway.tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

final class TunnelDevicesTest {
  @Test
  void setsAnInterfaceUpInOneBatch() throws Exception {
    assertThat(TunnelDevices.batch(Cast.device("twtest")))
        .isEqualTo(
            """
            link set dev twtest mtu 1420 addrgenmode none alias tollway:bob:alice:eth0
            address replace fe80:0:0:0:0:0:0:a/64 dev twtest nodad
            address replace 10.77.0.1/32 dev twtest
            address replace fd77:0:0:0:0:0:0:1/128 dev twtest nodad
            link set dev twtest up
            """);
  }

  @Test
  void neverGoesBelowWhatIpv6Needs() throws Exception {
    assertThat(new TunnelDevice("twtest", "a", 100, List.of()).mtu()).isEqualTo(1280);
  }

  @Test
  void refusesNamesThatWouldConfuseOtherPrograms() {
    for (String name : List.of("", "sixteen-letters-", "a b", "a\nlink", "../x", "a\"b")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new TunnelDevice(name, "alias", 1420, List.of()));
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TunnelDevice("tw", "two words", 1420, List.of()));
  }
}
