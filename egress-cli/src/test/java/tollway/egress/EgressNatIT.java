// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tollway.egress.NatChain.Way;
import tollway.lab.Await;
import tollway.lab.JavaProcess;
import tollway.lab.NatLab.Nat;
import tollway.lab.Netns;

/** The chain between NATs, and the way past volunteers when none can be reached. */
final class EgressNatIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static NatChain chain;

  @BeforeAll
  static void build(@TempDir Path directory) throws Exception {
    Netns.require("ip", "nft", "curl");
    chain = new NatChain(directory);
  }

  @AfterEach
  void endPeers() {
    chain.endPeers();
  }

  @AfterAll
  static void remove() throws IOException {
    if (chain != null) {
      chain.close();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "SYMMETRIC, RESTRICTED, false",
    "PORT_RESTRICTED, PORT_RESTRICTED, false",
    "SYMMETRIC, SYMMETRIC, true",
    "UDP_BLOCKED, NONE, true",
    "PORT_RESTRICTED, UDP_BLOCKED, true",
  })
  void everybodyIsConnected(Nat person, Nat volunteer, boolean direct) throws Exception {
    chain.widget(chain.host(volunteer));
    Netns home = chain.host(person);
    JavaProcess desktop = chain.desktop(home, "--direct", "auto");
    Way way = NatChain.way(desktop, PATIENCE).orElseThrow();
    if (direct) {
      assertThat(way.direct()).isTrue();
      assertThat(way.took()).isLessThan(Duration.ofSeconds(5));
    } else {
      Await.until("a volunteer carries", () -> socketsToEgress(home) == 0);
    }
    assertThat(NatChain.page(home, desktop)).isEqualTo("<h1>a page</h1>\n");
  }

  @Test
  void goesPastVolunteersOnlyWhenTold() throws Exception {
    Netns home = chain.host(Nat.UDP_BLOCKED);
    chain.widget(chain.host(Nat.NONE));
    JavaProcess cautious = chain.desktop(home, "--wait", "7s");
    assertThat(cautious.exitCode()).isEqualTo(3);
    assertThat(NatChain.goesDirectly(cautious)).isFalse();

    JavaProcess only = chain.desktop(home, "--direct", "only");
    assertThat(NatChain.way(only, PATIENCE)).isPresent();
    assertThat(NatChain.page(home, only)).isEqualTo("<h1>a page</h1>\n");
  }

  @Test
  void leavesTheDirectWayForAVolunteerAndComesBack() throws Exception {
    Netns home = chain.host(Nat.PORT_RESTRICTED);
    JavaProcess desktop = chain.desktop(home, "--direct", "auto");
    assertThat(NatChain.way(desktop, PATIENCE).orElseThrow().direct()).isTrue();
    assertThat(socketsToEgress(home)).isPositive();

    JavaProcess anna = chain.widget(chain.host(Nat.NONE));
    Await.until("the direct way is given up", () -> socketsToEgress(home) == 0);
    assertThat(NatChain.page(home, desktop)).isEqualTo("<h1>a page</h1>\n");

    anna.kill();
    Await.until("the direct way again", () -> socketsToEgress(home) > 0);
    assertThat(NatChain.page(home, desktop)).isEqualTo("<h1>a page</h1>\n");
    assertThat(desktop.count("disconnected")).isZero();
  }

  @Test
  void dataChannelsStayInTheirPortRange() throws Exception {
    Netns home = chain.host(Nat.PORT_RESTRICTED);
    Netns other = chain.host(Nat.NONE);
    chain.widget(other, "--port-range", "41000-41003");
    JavaProcess desktop = chain.desktop(home, "--port-range", "42000-42003");
    assertThat(NatChain.way(desktop, PATIENCE)).isPresent();
    assertThat(udpPorts(home)).isNotEmpty().allMatch(port -> port >= 42000 && port <= 42003);
    assertThat(udpPorts(other)).isNotEmpty().allMatch(port -> port >= 41000 && port <= 41003);
  }

  private static List<Integer> udpPorts(Netns where) throws IOException {
    return where
        .run("cat", "/proc/net/udp", "/proc/net/udp6")
        .lines()
        .filter(line -> line.matches("\\s*\\d+: .*"))
        .map(line -> line.trim().split("[\\s:]+")[2])
        .map(port -> Integer.parseInt(port, 16))
        .toList();
  }

  private static long socketsToEgress(Netns home) throws IOException {
    // Local and remote address in hexadecimal, then the state: 01 is established.
    return home.run("cat", "/proc/net/tcp", "/proc/net/tcp6")
        .lines()
        .filter(line -> line.matches("\\s*\\d+: \\S+ \\S+:2116 01 .*"))
        .count();
  }
}
