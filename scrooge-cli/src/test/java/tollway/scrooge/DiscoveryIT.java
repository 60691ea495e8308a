// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import tollway.lab.Await;
import tollway.lab.Netns;
import tollway.scrooge.MeshLab.Node;

/** Real daemons that find each other on one cable. */
final class DiscoveryIT {
  @TempDir private Path directory;
  private final List<Node> nodes = new ArrayList<>();
  private Node alice;
  private Node bob;

  @BeforeEach
  void build() throws Exception {
    Netns.require("ip", "nft", "ping", "wireguard-go");
    alice = node(1);
    bob = node(2);
    alice.netns.cable("ab", bob.netns, "ba");
  }

  private Node node(int number) throws IOException {
    Node made = new Node(directory.resolve("node" + number), number);
    nodes.add(made);
    return made;
  }

  @AfterEach
  void tearDown(TestInfo test) throws IOException {
    System.err.println(test.getDisplayName());
    for (Node each : nodes) {
      if (Files.exists(each.log)) {
        System.err.println(Files.readString(each.log));
      }
      each.close();
    }
  }

  private static JsonObject neighbor(Node node) {
    for (JsonElement each :
        JsonParser.parseString(node.ask("neighbors").out())
            .getAsJsonObject()
            .getAsJsonArray("neighbors")) {
      return each.getAsJsonObject();
    }
    return new JsonObject();
  }

  @Test
  @DisplayName("W12, P7: two that require scrooge2 have a tunnel, and nothing else is said")
  void scrooge2MakesTunnels() throws Exception {
    alice.netns.run(
        "nft",
        "add table inet t; add chain inet t in { type filter hook input priority 0; };"
            + " add rule inet t in udp dport 8481 counter drop");
    alice.with("--scrooge2", "require").start("ab");
    bob.with("--scrooge2", "require").start("ba");
    Await.until("the tunnel is open", () -> alice.hasOpenTunnels(1) && bob.hasOpenTunnels(1));
    assertThat(neighbor(alice).get("speaks").getAsString()).isEqualTo("scrooge2");
    assertThat(alice.netns.run("nft", "list", "table", "inet", "t")).contains("packets 0 ");
  }

  @Test
  @DisplayName("W12: who offers scrooge2 and who does not know it have a tunnel all the same")
  void whoDoesNotSpeakScrooge2IsServed() throws Exception {
    alice.with("--scrooge2", "offer").start("ab");
    bob.start("ba");
    Await.until("the tunnel is open", () -> alice.hasOpenTunnels(1) && bob.hasOpenTunnels(1));
    assertThat(neighbor(alice).get("speaks").getAsString()).isEqualTo("scrooge");
    assertThat(neighbor(bob).get("speaks").getAsString()).isEqualTo("scrooge");
  }

  @Test
  @DisplayName("S7: a neighbour whose link-local address changes keeps its tunnel, or has it again")
  void anAddressMayChange() throws Exception {
    alice.start("ab");
    bob.start("ba");
    Await.until("the tunnel is open", () -> alice.hasOpenTunnels(1) && bob.hasOpenTunnels(1));
    String before = neighbor(bob).get("controlAddress").getAsString();
    alice.netns.run("ip", "address", "add", "fe80::beef/64", "dev", "ab", "nodad");
    for (String line :
        alice.netns.run("ip", "-6", "-o", "address", "show", "dev", "ab").lines().toList()) {
      String address = line.replaceFirst(".*inet6 (\\S+) .*", "$1");
      if (!address.startsWith("fe80::beef/")) {
        alice.netns.run("ip", "address", "delete", address, "dev", "ab");
      }
    }
    Await.until(
        "Bob knows the new address",
        () -> neighbor(bob).get("controlAddress").getAsString().contains("fe80::beef"));
    assertThat(before).doesNotContain("beef");
    Await.until(
        "the tunnel carries",
        () -> alice.netns.pings(bob.tunnels().isEmpty() ? "::" : through(alice)));
  }

  /** Bob's address in his tunnel with {@code node}. */
  private static String through(Node node) {
    JsonObject tunnel = node.tunnels().get(0);
    return tunnel.get("address").getAsString() + "%" + tunnel.get("tunnel").getAsString();
  }

  @Test
  @DisplayName("P6: what was recorded is not believed after a restart")
  void aRestartRemembersNumbers() throws Exception {
    alice.start("ab");
    bob.start("ba");
    Await.until("the tunnel is open", () -> bob.hasOpenTunnels(1));
    String key = alice.identity.nodeId().base64();
    JsonObject before =
        JsonParser.parseString(bob.ask("neighbor", "show", key).out()).getAsJsonObject();
    assertThat(bob.terminate()).isZero();
    assertThat(alice.terminate()).isZero();
    bob.start("ba");
    JsonObject after =
        JsonParser.parseString(bob.ask("neighbor", "show", key).out()).getAsJsonObject();
    assertThat(after.getAsJsonArray("links")).isEmpty();
    assertThat(Long.parseUnsignedLong(after.get("highestSeqnum").getAsString()))
        .isGreaterThanOrEqualTo(Long.parseUnsignedLong(before.get("highestSeqnum").getAsString()));
  }
}
