// SPDX-License-Identifier: Apache-2.0
package tollway.tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.time.Instant;
import org.junit.jupiter.api.Test;

final class WgTextTest {
  @Test
  void writesAWholeConfiguration() throws Exception {
    assertThat(WgText.configuration(Cast.withPeer()))
        .isEqualTo(
            """
            [Interface]
            PrivateKey = XasIfmJKikt54X+Lg4AO5m87sSkmGLb9HC+LJ/+I4Os=
            ListenPort = 51821

            [Peer]
            PublicKey = hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=
            Endpoint = [fe80:0:0:0:0:0:0:1%7]:51822
            PersistentKeepalive = 25
            AllowedIPs = 0.0.0.0/0, ::/0
            """);
  }

  @Test
  void readsADump() throws Exception {
    String dump =
        """
        XasIfmJKikt54X+Lg4AO5m87sSkmGLb9HC+LJ/+I4Os=\t3p7bfXt9wbTTW2HC7OQ1Nz+DQ8hbeGdNrfx+FG+IK08=\t51821\toff
        hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=\t(none)\t[fe80::1%eth0]:51822\t0.0.0.0/0,::/0\t1700000000\t92\t180\t25
        """;
    TunnelStatus status = WgText.parseDump(dump);
    assertThat(status.fits(Cast.withPeer())).isTrue();
    assertThat(status.lastHandshake()).contains(Instant.ofEpochSecond(1_700_000_000));
    assertThat(status.receivedBytes()).isEqualTo(92);
    assertThat(status.sentBytes()).isEqualTo(180);
  }

  @Test
  void readsTheDumpOfAnInterfaceThatNobodyConfigured() throws Exception {
    TunnelStatus status = WgText.parseDump("(none)\t(none)\t0\toff\n");
    assertThat(status.peer()).isEmpty();
    assertThat(status.port()).isZero();
  }

  @Test
  void refusesADumpThatMakesNoSense() {
    assertThatIOException().isThrownBy(() -> WgText.parseDump(""));
    assertThatIOException().isThrownBy(() -> WgText.parseDump("a\tb\tc\td"));
  }
}
