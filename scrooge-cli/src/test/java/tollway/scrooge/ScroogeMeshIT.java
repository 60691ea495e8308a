// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import tollway.lab.Await;
import tollway.scrooge.MeshLab.Node;

/** Real daemons, real tunnels, the real nftables: three nodes in a line. */
final class ScroogeMeshIT extends LineOfThree {
  @Test
  @DisplayName("P9: what did not come through a tunnel is not forwarded")
  void forwardsThroughTunnelsAndNothingElse() throws Exception {
    MeshLab lab = lab();
    assertThat(lab.reachesAroundBothWays()).as("before there is a policy").isTrue();
    lab.startAll();
    assertThat(lab.reachesAround()).isFalse();
    assertThat(lab.c.netns.pings("10.1.0.1")).isFalse();
    assertThat(lab.c.netns.pings("fd01::1")).isFalse();
    Await.until(
        "the counters tell",
        () -> {
          var counters = lab.b.status().getAsJsonObject("forwarding");
          return counters.get("forwardedPackets").getAsLong() >= 4
              && counters.get("droppedPackets").getAsLong() >= 4;
        });
    String neighbors = lab.b.ask("neighbors").out();
    assertThat(neighbors)
        .contains(lab.a.identity.nodeId().base64())
        .contains(lab.c.identity.nodeId().base64());
    assertThat(lab.a.tunnels().get(0).get("publicKey").getAsString())
        .isEqualTo(lab.b.identity.nodeId().base64());
  }

  @Test
  void theSamePingIsDroppedWhenItGoesAroundTheTunnels() throws Exception {
    MeshLab lab = lab();
    lab.startAll();
    lab.a.routeAround(3, "10.1.0.2", "fd01::2");
    assertThat(lab.reachesThroughAnyFamily()).as("in by the cable, out by the tunnel").isFalse();
    lab.b.routeAround(3, "10.2.0.3", "fd02::3");
    lab.b.routeAround(1, "10.1.0.1", "fd01::1");
    lab.c.routeAround(1, "10.2.0.2", "fd02::2");
    assertThat(lab.reachesThroughAnyFamily()).as("by the cables alone").isFalse();
    assertThat(lab.b.ask("stop").exitCode()).isZero();
    assertThat(lab.reachesThrough()).as("it was the policy that dropped it").isTrue();
  }

  @Test
  void anOperatorSeesAndStopsADaemonByItsCommands() throws Exception {
    MeshLab lab = lab();
    lab.a.start("ab");
    lab.b.start("b*");
    Await.until("the tunnel is open", () -> lab.b.hasOpenTunnels(1));
    String key = lab.a.identity.nodeId().base64();
    assertThat(lab.a.says("key", "show", lab.a.key.toString())).isEqualTo(key + "\n");
    assertThat(Files.readString(lab.a.log))
        .contains("{\"event\":\"ready\",\"publicKey\":\"" + key + "\",\"interfaces\":[\"ab\"]");
    assertThat(lab.c.says("hello", "-i", "cb"))
        .contains(lab.b.identity.nodeId().base64() + "  confirm");
    String control = lab.b.control.toString();
    assertThat(lab.b.says("status", "--control", control))
        .containsPattern("publicKey +" + Pattern.quote(lab.b.identity.nodeId().base64()))
        .containsPattern("backend +wireguard-go")
        .containsPattern("neighbors .*TUNNEL 1");
    assertThat(lab.b.says("neighbors", "--control", control))
        .startsWith("PUBLIC KEY")
        .containsPattern(Pattern.quote(key) + " +ba +TUNNEL +open +\\[fe80::");
    String tunnels = lab.b.says("tunnel", "list", "--control", control);
    assertThat(tunnels).startsWith("INTERFACE").hasLineCount(2);
    List<String> row = List.of(tunnels.lines().skip(1).findFirst().orElseThrow().split(" +"));
    assertThat(row.subList(1, 4)).containsExactly(key, "ba", "TUNNEL");
    assertThat(lab.b.netns.pings(row.get(4) + "%" + row.get(0))).as("its address there").isTrue();
    assertThat(lab.b.says("stop", "--control", control)).isEmpty();
    assertThat(lab.b.awaitExit()).isZero();
    assertNothingLeft(lab.b, "ba", "bc");
  }

  @Test
  void aKilledDaemonIsFollowedByOneThatTakesItsTunnelsOver() throws Exception {
    MeshLab lab = lab();
    lab.startAll();
    for (Node node : List.of(lab.a, lab.b, lab.c)) {
      node.kill();
      assertThat(lab.reachesThrough()).as("the tunnels stand").isTrue();
      assertThat(lab.reachesAround()).as("the policy stands").isFalse();
      node.start(lab.links(node));
      assertThat(node.tunnels()).hasSize(node == lab.b ? 2 : 1);
      assertThat(lab.reachesThrough()).isTrue();
      assertThat(lab.reachesAround()).isFalse();
    }
    assertThat(lab.logs()).contains("took over the tunnel").doesNotContain("removing the old");
  }

  @Test
  @DisplayName("W3: who lost everything is taken back by its neighbours")
  void aNodeThatLostEverythingRecoversByItself() throws Exception {
    MeshLab lab = lab();
    lab.startAll();
    for (Node node : List.of(lab.b, lab.a, lab.c)) {
      node.kill();
      for (ProcessHandle process : node.netns.processes()) {
        process.destroyForcibly();
      }
      Await.until("its tunnels are gone", () -> node.netns.processes().isEmpty());
      assertThat(lab.reachesThroughAnyFamily()).isFalse();
      assertThat(lab.reachesAround()).isFalse();
      node.loseState(); // Its next hello must still be newer than the last one.
      node.start(lab.links(node));
      lab.awaitThrough();
      assertThat(lab.reachesAround()).isFalse();
    }
  }

  @Test
  void aTunnelThatIsKilledIsMadeAgain() throws Exception {
    MeshLab lab = lab();
    lab.startAll();
    for (ProcessHandle process : lab.b.netns.processes()) {
      if (process.info().command().orElse("").endsWith("wireguard-go")) {
        process.destroyForcibly();
      }
    }
    Await.until("both are open again", () -> lab.b.hasOpenTunnels(2));
    lab.awaitThrough();
    assertThat(lab.logs()).contains("making it again");
  }

  @Test
  void aStopLeavesNothingAndAStartBeginsAnew() throws Exception {
    MeshLab lab = lab();
    lab.startAll();
    assertThat(lab.b.ask("stop").exitCode()).isZero();
    assertNothingLeft(lab.b, "ba", "bc");
    assertThat(lab.b.awaitExit()).isZero();
    assertThat(lab.reachesAroundBothWays()).as("B forwards as before").isTrue();
    lab.b.start("b*");
    lab.awaitThrough();
    assertThat(lab.reachesAround()).isFalse();
    assertThat(lab.a.terminate()).isZero();
    assertNothingLeft(lab.a, "ab");
  }

  private static void assertNothingLeft(Node node, String... links) throws Exception {
    assertThat(node.netns.run("ip", "-o", "link", "show").lines().map(ScroogeMeshIT::name))
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(Stream.of("lo"), Stream.of(links)).toList());
    assertThat(node.netns.run("nft", "list", "tables")).isEmpty();
    assertThat(node.control).doesNotExist();
    Await.until("no process is left", () -> node.netns.processes().isEmpty());
  }

  private static String name(String line) {
    return line.split("[:@]\\s*")[1];
  }

  @Test
  void tunnelsForwardOnAHostThatDoesNot() throws Exception {
    MeshLab lab = lab();
    lab.b.netns.sysctl("net.ipv4.ip_forward", "0");
    lab.b.netns.sysctl("net.ipv6.conf.all.forwarding", "0");
    lab.startAll();
    assertThat(lab.b.terminate()).isZero();
    assertThat(lab.b.netns.run("cat", "/proc/sys/net/ipv6/conf/all/forwarding")).startsWith("0");
    assertThat(lab.b.netns.run("cat", "/proc/sys/net/ipv4/ip_forward")).startsWith("0");
  }

  @Test
  void otherTablesStayAsTheyAre() throws Exception {
    MeshLab lab = lab();
    lab.b.netns.attempt("table inet mine {\n counter c {}\n}\n", "nft", "-f", "-");
    lab.startAll();
    assertThat(lab.b.terminate()).isZero();
    assertThat(lab.b.netns.run("nft", "list", "tables").strip()).isEqualTo("table inet mine");
  }

  @Test
  void aPolicyThatSomebodyTakesAwayComesBack() throws Exception {
    MeshLab lab = lab();
    lab.startAll();
    lab.b.netns.run("nft", "flush", "ruleset");
    Await.until(
        "the table is back",
        () -> lab.b.netns.run("nft", "list", "tables").contains("table inet tollway"));
    assertThat(lab.reachesAround()).isFalse();
    lab.awaitThrough();
  }
}
