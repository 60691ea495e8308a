// SPDX-License-Identifier: Apache-2.0
package tollway.stun;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.lab.Await;
import tollway.lab.JavaProcess;
import tollway.lab.NatLab;
import tollway.lab.NatLab.Nat;
import tollway.lab.Netns;

/** Real NATs, told apart with the help of our responder, and of somebody else's. */
final class NatDiscoveryIT {
  private static final String OTHER = "192.0.2.3";
  private static final String OPEN =
      "translated false mapping endpoint-independent filtering endpoint-independent";

  @TempDir Path directory;

  private NatLab lab;

  @BeforeEach
  void open() throws IOException {
    Netns.require("ip", "nft");
    lab = NatLab.open();
    lab.internet().run("ip", "address", "add", OTHER + "/32", "dev", "lo");
  }

  @AfterEach
  void close() throws IOException {
    if (lab != null) {
      lab.close();
    }
  }

  @Test
  void tellsEveryKindOfNatFromTheOthers() throws Exception {
    serve();
    assertThat(discover(lab.host(Nat.NONE))).isEqualTo(OPEN);
    assertThat(discover(lab.host(Nat.FULL_CONE)))
        .isEqualTo("translated true mapping endpoint-independent filtering endpoint-independent");
    assertThat(discover(lab.host(Nat.RESTRICTED)))
        .isEqualTo("translated true mapping endpoint-independent filtering address-dependent");
    assertThat(discover(lab.host(Nat.PORT_RESTRICTED)))
        .isEqualTo(
            "translated true mapping endpoint-independent filtering address-and-port-dependent");
    assertThat(discover(lab.host(Nat.SYMMETRIC)))
        .isEqualTo(
            "translated true mapping address-and-port-dependent"
                + " filtering address-and-port-dependent");
    assertThat(discover(lab.host(Nat.UDP_BLOCKED)))
        .isEqualTo("no answer from 192.0.2.1:3478 within 1750 ms");
  }

  @Test
  void findsTheSameWithAnotherServer() throws Exception {
    Netns.require("turnserver");
    lab.internet()
        .start(
            directory.resolve("coturn"),
            Map.of(),
            ("turnserver -n -S -z --listening-ip=192.0.2.1 --listening-ip=192.0.2.3"
                    + " --listening-port=3478 --alt-listening-port=3479 --no-tls --no-dtls"
                    + " --no-tcp --no-cli --log-file=stdout --pidfile="
                    + directory.resolve("coturn.pid"))
                .split(" "));
    Netns open = lab.host(Nat.NONE);
    Await.until("coturn answers", () -> discover(open).equals(OPEN));
    assertThat(discover(lab.host(Nat.RESTRICTED)))
        .isEqualTo("translated true mapping endpoint-independent filtering address-dependent");
    assertThat(discover(lab.host(Nat.SYMMETRIC)))
        .startsWith("translated true mapping address-and-port-dependent");
  }

  private void serve() throws Exception {
    Path log = directory.resolve("server");
    lab.internet()
        .start(
            log,
            Map.of(),
            JavaProcess.command(
                    NatProbe.class.getName(), "serve", NatLab.SERVER + ":3478", OTHER + ":3479")
                .toArray(String[]::new));
    Await.until("the responder", () -> Files.exists(log) && Files.readString(log).contains("open"));
  }

  private static String discover(Netns from) throws Exception {
    try (JavaProcess probe =
        JavaProcess.start(
            from.prefix(),
            Map.of(),
            NatProbe.class.getName(),
            "discover",
            NatLab.SERVER + ":3478")) {
      assertThat(probe.exitCode()).as("%s", probe.err()).isZero();
      return probe.out().get(0);
    }
  }
}
