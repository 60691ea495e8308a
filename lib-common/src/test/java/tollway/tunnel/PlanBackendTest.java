// SPDX-License-Identifier: Apache-2.0
package tollway.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tollway.exec.Host;
import tollway.exec.PlanHost;

final class PlanBackendTest {
  private final List<String> said = new ArrayList<>();
  private final PlanHost host =
      new PlanHost(
          Host.real(),
          new PlanHost.Listener() {
            @Override
            public void command(List<String> command, String stdin) {
              said.add(String.join(" ", command) + "\n" + stdin);
            }

            @Override
            public void setting(Path setting, String value) {
              said.add(setting + "=" + value);
            }
          });

  @Test
  void tellsWhatTheKernelWouldBeTold() throws Exception {
    PlanBackend backend = new PlanBackend(host, false);
    backend.create("twtest");
    backend.configure(Cast.withoutPeer());
    backend.remove("twtest");
    backend.remove("twtest");
    assertThat(String.join("", said))
        .isEqualTo(
            """
            ip link add dev twtest type wireguard
            wg setconf twtest /dev/stdin
            [Interface]
            PrivateKey = (a fresh one, never shown)
            ListenPort = 51821

            [Peer]
            PublicKey = (what the neighbour answers)
            Endpoint = (what the neighbour answers)
            PersistentKeepalive = 25
            AllowedIPs = 0.0.0.0/0, ::/0
            ip link delete dev twtest
            """);
    assertThat(said.toString()).doesNotContain(Cast.BOB_PRIVATE);
  }

  @Test
  void behavesAsIfTheNeighborHadAnswered() throws Exception {
    PlanBackend backend = new PlanBackend(host, true);
    assertThat(backend.status("twtest")).isEmpty();
    backend.create("twtest");
    assertThat(said).containsExactly("wireguard-go twtest\n");
    backend.configure(Cast.withoutPeer());
    TunnelStatus status = backend.status("twtest").orElseThrow();
    assertThat(status.fits(Cast.withoutPeer())).isTrue();
    assertThat(status.lastHandshake()).isPresent();
  }

  @Test
  void aHostThatOnlyPlansAnswersQuestionsAndChangesNothing() throws Exception {
    assertThat(host.run(List.of("ip", "-json", "link", "show"))).contains("\"lo\"");
    assertThat(said).isEmpty();
    assertThat(host.attempt(List.of("ip", "link", "delete", "dev", "lo"), "").exitCode()).isZero();
    host.set(Path.of("/proc/sys/net/ipv4/ip_forward"), "x");
    assertThat(said).hasSize(2);
    Path setting = Path.of("/proc/sys/net/ipv4/conf/twnotthere/forwarding");
    assertThat(host.read(setting))
        .as("as it would be on a new interface")
        .isEqualTo(Host.real().read(Path.of("/proc/sys/net/ipv4/conf/default/forwarding")));
    assertThat(host.read(Path.of("/proc/sys/no/such/setting"))).isEqualTo(Optional.empty());
  }
}
