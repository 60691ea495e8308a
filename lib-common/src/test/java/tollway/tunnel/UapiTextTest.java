// SPDX-License-Identifier: Apache-2.0
package tollway.tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.net.InetSocketAddress;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class UapiTextTest {
  @Test
  void writesAWholeConfiguration() throws Exception {
    assertThat(UapiText.set(Cast.withPeer()))
        .isEqualTo(
            """
            set=1
            private_key=5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb
            listen_port=51821
            replace_peers=true
            public_key=8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a
            endpoint=[fe80:0:0:0:0:0:0:1%7]:51822
            persistent_keepalive_interval=25
            replace_allowed_ips=true
            allowed_ip=0.0.0.0/0
            allowed_ip=::/0

            """);
  }

  @Test
  void writesNoPeerWhenThereIsNone() throws Exception {
    assertThat(UapiText.set(Cast.withoutPeer()))
        .endsWith("listen_port=51821\nreplace_peers=true\n\n");
  }

  @Test
  void readsWhatWireguardGoAnswers() throws Exception {
    TunnelStatus status =
        UapiText.parseStatus(
            """
            private_key=%s
            listen_port=51821
            public_key=8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a
            preshared_key=0000000000000000000000000000000000000000000000000000000000000000
            protocol_version=1
            endpoint=[fe80::1]:51822
            last_handshake_time_sec=1700000000
            last_handshake_time_nsec=5
            tx_bytes=180
            rx_bytes=92
            persistent_keepalive_interval=25
            allowed_ip=0.0.0.0/0
            errno=0"""
                .formatted(Cast.BOB_PRIVATE));
    assertThat(status.fits(Cast.withPeer())).isTrue();
    assertThat(status.fits(Cast.withoutPeer())).isFalse();
    assertThat(status.endpoint()).contains(new InetSocketAddress("fe80::1", 51822));
    assertThat(status.lastHandshake()).contains(Instant.ofEpochSecond(1_700_000_000, 5));
    assertThat(status.sentBytes()).isEqualTo(180);
    assertThat(status.receivedBytes()).isEqualTo(92);
  }

  @Test
  void readsAnInterfaceThatNobodyConfigured() throws Exception {
    TunnelStatus status = UapiText.parseStatus("listen_port=0\nfwmark=0\nerrno=0");
    assertThat(status.peer()).isEmpty();
    assertThat(status.lastHandshake()).isEmpty();
    assertThat(status.fits(Cast.withoutPeer())).isFalse();
  }

  @Test
  void tellsTheErrorNumber() throws Exception {
    assertThat(UapiText.errno("errno=0")).isZero();
    assertThat(UapiText.errno("listen_port=1\nerrno=-22")).isEqualTo(-22);
    assertThatIOException().isThrownBy(() -> UapiText.errno("listen_port=1"));
  }

  @Test
  void refusesAnswersThatMakeNoSense() {
    assertThatIOException().isThrownBy(() -> UapiText.parseStatus("listen_port=many\nerrno=0"));
    assertThatIOException().isThrownBy(() -> UapiText.parseStatus("public_key=12\nerrno=0"));
    assertThatIOException().isThrownBy(() -> UapiText.parseStatus("endpoint=example.org:1"));
  }
}
