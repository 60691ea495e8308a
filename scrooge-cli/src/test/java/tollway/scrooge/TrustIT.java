// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import tollway.cli.ExitCode;
import tollway.lab.Await;
import tollway.scrooge.MeshLab.Node;

/** Whom a real daemon has as a neighbour, and what its operator changes about that. */
final class TrustIT extends LineOfThree {
  private static boolean sees(Node node, Node other, String state) {
    JsonObject all = JsonParser.parseString(node.ask("neighbors").out()).getAsJsonObject();
    for (JsonElement each : all.getAsJsonArray("neighbors")) {
      JsonObject neighbor = each.getAsJsonObject();
      if (neighbor.get("publicKey").getAsString().equals(other.identity.nodeId().base64())
          && neighbor.get("state").getAsString().equals(state)) {
        return true;
      }
    }
    return false;
  }

  @Test
  @DisplayName("P10: pins, blocks and files of keys rule a running daemon")
  void anOperatorRulesWhoIsANeighbour() throws Exception {
    MeshLab lab = lab();
    String a = lab.a.identity.nodeId().base64();
    Path blocked = Files.writeString(directory.resolve("blocked.txt"), "# nobody yet\n");
    lab.b.with("--trust", "pinned", "--block", blocked.toString());
    lab.b.start("ba");
    lab.a.start("ab");
    Await.until("A is seen", () -> sees(lab.b, lab.a, "CONFIRMED"));
    assertThat(lab.b.tunnels()).isEmpty();
    Shell pinned = lab.b.ask("neighbor", "pin", a.substring(0, 12) + "%ba");
    assertThat(pinned.exitCode()).isZero();
    assertThat(pinned.out()).contains("\"trust\":\"pinned\"", "\"onlyOn\":\"ba\"");
    Await.until("the tunnel is open", () -> lab.b.hasOpenTunnels(1));
    assertThat(lab.b.ask("neighbor", "block", a.substring(0, 12)).exitCode()).isZero();
    assertThat(lab.b.tunnels()).isEmpty();
    assertThat(lab.b.netns.succeeds("ip", "-6", "address", "show", "dev", "ba")).isTrue();
    Await.until(
        "its messages are dropped",
        () -> lab.b.status().getAsJsonObject("messages").has("BLOCKED"));
    assertThat(lab.b.says("neighbor", "show", a, "--control", lab.b.control.toString()))
        .containsPattern("trust +blocked\nby +command\n");
    assertThat(lab.b.ask("neighbor", "unblock", a).exitCode()).isZero();
    assertThat(lab.b.ask("neighbor", "pin", a).exitCode()).isZero();
    Await.until("the tunnel is open again", () -> lab.b.hasOpenTunnels(1));
    Files.writeString(blocked, a + "  # since today\n");
    Await.until("the file is read again", () -> lab.b.tunnels().isEmpty());
    Shell refused = lab.b.ask("neighbor", "pin", a);
    assertThat(refused.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(refused.err()).contains("blocked by " + blocked);
    assertThat(lab.b.ask("neighbor", "show", "#").exitCode()).isEqualTo(ExitCode.FAILED);
  }
}
