// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import static org.assertj.core.api.Assertions.assertThat;
import static tollway.scrooge.Shell.scrooge;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tollway.cli.ExitCode;
import tollway.exec.HostCommand;
import tollway.tunnel.TunnelBackend;
import tollway.tunnel.TunnelBackends;

/** Golden files hold whole plans: a changed line is a changed command of every run. */
final class PlanCommandTest {
  private static final String SELF = "LLBQ9vdHBeVsb55NEnRiHFQ71122IvAFk+XT/Szd7VU=";
  private static final String BOB = "r24MX1Kp720po7ddTcUjKSPLXsjYBimBqgwIYdMce6I=";
  private static final String CAROL = "Mb/gfAOEv8vHpwQoXmgU7wNE2Xpn5wa7gWxdsu2EXMo=";

  private static Shell plan(String... more) {
    List<String> line = new ArrayList<>(List.of("plan", "-i", "nolink*", "--public-key", SELF));
    line.addAll(List.of(more));
    return scrooge(line.toArray(String[]::new));
  }

  private static String golden(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(PlanCommandTest.class.getResourceAsStream(name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static final String[] SHARED = {
    "--neighbor",
    BOB + "%nolink0=3",
    "--neighbor",
    CAROL + "%nolink1",
    "--address",
    "10.77.0.1,fd77::1",
    "--share",
    "40%",
    "--uplink",
    "50mbit"
  };

  @Test
  void twoNeighboursWithShares() throws Exception {
    assertThat(plan(SHARED)).isEqualTo(new Shell(ExitCode.DONE, golden("plan-shared.sh"), ""));
  }

  @Test
  void itsRemoval() throws Exception {
    List<String> line = new ArrayList<>(List.of(SHARED));
    line.add("--remove");
    assertThat(plan(line.toArray(String[]::new)).out()).isEqualTo(golden("plan-removal.sh"));
  }

  @Test
  void aNeighbourOfWireguardGo() throws Exception {
    assertThat(plan("--backend", "wireguard-go", "--neighbor", BOB + "%nolink0").out())
        .isEqualTo(golden("plan-wireguard-go.sh"));
  }

  @Test
  void aShellCanReadIt() throws Exception {
    HostCommand.Result said = HostCommand.attempt(List.of("sh", "-n"), plan(SHARED).out());
    assertThat(said).isEqualTo(new HostCommand.Result(0, "", ""));
  }

  @Test
  void theBackendOfARunGivesTheSameCommands() throws Exception {
    Script script = new Script();
    TunnelBackend kernel = TunnelBackends.choose(TunnelBackends.Choice.KERNEL, script);
    kernel.create("tw0");
    assertThat(script.text()).endsWith("ip link add dev tw0 type wireguard\n");
    assertThat(plan("--neighbor", BOB + "%nolink0").out())
        .containsPattern("ip link add dev tw[a-z2-7]{13} type wireguard\n");
  }

  @Test
  void noPrivateKeyIsPrinted() {
    assertThat(plan(SHARED).out()).contains("PrivateKey = PRIVATE-KEY\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--neighbor nobody",
        "--neighbor " + BOB,
        "--neighbor " + BOB + "%",
        "--neighbor " + BOB + "%nolink0=x",
        "--neighbor " + BOB + "%nolink0=-1",
        "--neighbor " + BOB + "%a;b",
        "--neighbor AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=%nolink0",
        "--neighbor " + BOB + "%eth0",
        "--backend magic",
        "--leaf fir",
        "--share 40%",
        "--first-port 0",
        "--address 127.0.0.1"
      })
  void wrongWishesAreRefusedInOneLine(String wrong) {
    Shell said = plan(wrong.split(" "));
    assertThat(said.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(said.out()).isEmpty();
    assertThat(said.err()).hasLineCount(1);
  }
}
