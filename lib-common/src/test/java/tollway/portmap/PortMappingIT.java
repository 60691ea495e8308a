// SPDX-License-Identifier: Apache-2.0
package tollway.portmap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tollway.lab.Await;
import tollway.lab.JavaProcess;
import tollway.lab.NatLab;
import tollway.lab.NatLab.Nat;
import tollway.lab.Netns;

/** Ports that a router others wrote opens for us: miniupnpd, by each of its protocols. */
final class PortMappingIT {
  private static final List<String> CHAINS =
      List.of(
          "add table inet u",
          "add chain inet u through",
          "add chain inet u opened",
          "add chain inet u back",
          "add chain inet u pre { type nat hook prerouting priority -101; }",
          "add rule inet u pre jump opened",
          "add chain inet u post { type nat hook postrouting priority 99; }",
          "add rule inet u post jump back",
          "add rule ip n here iifname inside accept");

  @TempDir Path directory;

  private NatLab lab;

  @BeforeEach
  void open() throws IOException {
    Netns.require("ip", "nft", "miniupnpd", "bash");
    lab = NatLab.open();
  }

  @AfterEach
  void close() throws IOException {
    if (lab != null) {
      lab.close();
    }
  }

  private void miniupnpd(Netns router, String protocol) throws Exception {
    router.run("nft", String.join(";", CHAINS));
    if (protocol.equals("nat-pmp")) {
      // It speaks both; RFC 6887 §7.1: PCP begins with a 2.
      router.run("nft", "insert rule ip n here udp dport 5351 @th,64,8 2 drop");
    }
    boolean upnp = protocol.equals("upnp");
    Path config =
        Files.write(
            directory.resolve("miniupnpd.conf"),
            List.of(
                "ext_ifname=outside",
                "listening_ip=inside",
                "enable_upnp=" + (upnp ? "yes" : "no"),
                "enable_natpmp=" + (upnp ? "no" : "yes"),
                "secure_mode=yes",
                "uuid=00000000-0000-4000-8000-000000000000",
                "upnp_table_name=u",
                "upnp_nat_table_name=u",
                "upnp_forward_chain=through",
                "upnp_nat_chain=opened",
                "upnp_nat_postrouting_chain=back",
                "allow 1024-65535 10.0.0.0/8 1024-65535",
                "deny 0-65535 0.0.0.0/0 0-65535"));
    Path pid = directory.resolve("pid");
    Path log = directory.resolve("miniupnpd.log");
    router.start(log, Map.of(), "miniupnpd", "-d", "-f", config.toString(), "-P", pid.toString());
    Await.until(
        "a router", () -> router.run("cat", "/proc/net/udp").contains(upnp ? ":076C " : ":14E7 "));
  }

  @ParameterizedTest
  @ValueSource(strings = {"upnp", "pcp", "nat-pmp"})
  void aRouterLetsDatagramsInUntilTheEnd(String protocol) throws Exception {
    Netns home = lab.host(Nat.SYMMETRIC);
    Netns router = lab.gateway(home);
    miniupnpd(router, protocol);
    try (JavaProcess probe =
        JavaProcess.start(home.prefix(), Map.of(), MappingProbe.class.getName(), "10.0.1.2")) {
      Await.until("a mapping", () -> said(probe, "mapped"));
      String[] mapped = probe.out().get(0).split(" ");
      assertThat(mapped[1]).isEqualTo("198.51.1.1");
      String knock = "echo -n knock > /dev/udp/198.51.1.1/" + mapped[2];
      Await.until(
          "a datagram from outside",
          () -> {
            lab.internet().run("bash", "-c", knock);
            return said(probe, "heard knock");
          });
      assertThat(router.run("nft", "list", "chain", "inet", "u", "opened")).contains("10.0.1.2");

      probe.process().getOutputStream().close();
      assertThat(probe.exitCode()).as(() -> probe.err().toString()).isZero();
      Await.until(
          "what was opened is closed",
          () -> !router.run("nft", "list", "chain", "inet", "u", "opened").contains("10.0.1.2"));
    }
  }

  private static boolean said(JavaProcess probe, String begin) {
    return probe.out().stream().anyMatch(line -> line.startsWith(begin));
  }
}
