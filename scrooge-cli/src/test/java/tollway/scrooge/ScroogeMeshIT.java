// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import tollway.lab.Await;
import tollway.lab.Netns;
import tollway.scrooge.MeshLab.Node;

/** Real daemons, real tunnels, the real nftables: three nodes in a line. */
final class ScroogeMeshIT {
  @TempDir private Path directory;
  private @Nullable MeshLab built;

  @BeforeEach
  void build() throws Exception {
    Netns.require("ip", "nft", "ping", "wireguard-go");
    built = new MeshLab(directory);
  }

  @AfterEach
  void tearDown(TestInfo test) throws IOException {
    if (built != null) {
      System.err.println(test.getDisplayName() + "\n" + built.logs());
      built.close();
    }
  }

  private MeshLab lab() {
    return Objects.requireNonNull(built);
  }

  @Test
  void forwardsThroughTunnelsAndNothingElse() throws Exception {
    MeshLab lab = lab();
    assertThat(lab.reachesAround()).as("before there is a policy").isTrue();
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
  void aKilledDaemonIsFollowedByOneThatTakesItsTunnelsOver() throws Exception {
    MeshLab lab = lab();
    lab.startAll();
    for (Node node : List.of(lab.a, lab.b, lab.c)) {
      node.kill();
      assertThat(lab.reachesThrough()).as("the tunnels stand").isTrue();
      assertThat(lab.reachesAround()).as("the policy stands").isFalse();
      node.start(node == lab.a ? "ab" : node == lab.b ? "ba,bc" : "cb");
      assertThat(node.tunnels()).hasSize(node == lab.b ? 2 : 1);
      assertThat(lab.reachesThrough()).isTrue();
      assertThat(lab.reachesAround()).isFalse();
    }
    assertThat(lab.logs()).contains("took over the tunnel").doesNotContain("removing the old");
  }

  @Test
  void aNodeThatLostEverythingRecoversByItself() throws Exception {
    MeshLab lab = lab();
    lab.startAll();
    for (Node node : List.of(lab.b, lab.a)) {
      node.kill();
      for (ProcessHandle process : node.netns.processes()) {
        process.destroyForcibly();
      }
      Await.until("its tunnels are gone", () -> node.netns.processes().isEmpty());
      assertThat(lab.reachesThrough()).isFalse();
      assertThat(lab.reachesAround()).isFalse();
      node.start(node == lab.a ? "ab" : "b*");
      lab.awaitThrough();
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
    assertThat(lab.reachesAround()).as("B forwards as before").isTrue();
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

  @Test
  void onlyOneDaemonRunsInANamespace() throws Exception {
    MeshLab lab = lab();
    lab.startAll();
    List<String> same = lab.a.runArguments("ab");
    assertSecondIsRefused(lab.a, same, "another daemon answers on " + lab.a.control);
    List<String> other = new ArrayList<>(same);
    other.set(other.indexOf(lab.a.control.toString()), directory.resolve("other").toString());
    assertSecondIsRefused(lab.a, other, "another scrooge runs in this network namespace");
    assertThat(directory.resolve("other")).doesNotExist();
    assertThat(lab.reachesThrough()).isTrue();
  }

  private static void assertSecondIsRefused(Node node, List<String> arguments, String why)
      throws IOException {
    var second = node.netns.attempt("", Node.scrooge(arguments).toArray(new String[0]));
    assertThat(second.stderr().strip().lines()).hasSize(1);
    assertThat(second.stderr()).contains(why);
    assertThat(second.exitCode()).isEqualTo(2);
  }

  @Test
  void garbageHarmsNobody() throws Exception {
    MeshLab lab = lab();
    lab.startAll();
    List<String> noise = Netns.java("tollway.scrooge.Noise", "ba", "3000");
    lab.b.netns.run(noise.toArray(new String[0]));
    Await.until(
        "A has counted it", () -> lab.a.status().getAsJsonObject("messages").has("MALFORMED"));
    assertThat(lab.a.hasOpenTunnels(1)).isTrue();
    assertThat(lab.reachesThrough()).isTrue();
  }

  @Test
  void whatIsMissingIsSaidInOneLine() throws Exception {
    Node a = lab().a;
    assertRefused(a, "apt-get install wireguard-go", hiding("/usr/bin/wireguard-go"));
    assertRefused(a, "apt-get install nftables", hiding("/usr/sbin/nft"));
    assertRefused(a, "run it as root", List.of("setpriv", "--bounding-set", "-net_admin"));
  }

  /** Such a command line runs the daemon in a mount namespace where {@code program} is nothing. */
  private static List<String> hiding(String program) {
    String script = "mount --bind /dev/null " + program + " && exec \"$@\"";
    return List.of("unshare", "-m", "sh", "-c", script, "sh");
  }

  private static void assertRefused(Node node, String why, List<String> wrapper)
      throws IOException {
    List<String> command = new ArrayList<>(wrapper);
    command.addAll(Node.scrooge(node.runArguments("ab")));
    var refused = node.netns.attempt("", command.toArray(new String[0]));
    assertThat(refused.stderr().strip().lines()).hasSize(1);
    assertThat(refused.stderr()).contains(why);
    assertThat(refused.exitCode()).isEqualTo(3);
    assertThat(node.control).doesNotExist();
  }
}
