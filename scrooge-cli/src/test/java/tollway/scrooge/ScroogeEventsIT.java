// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tollway.exec.HostCommand;
import tollway.identity.Identity;
import tollway.lab.Await;
import tollway.scrooge.MeshLab.Node;

/** What a daemon tells of its life as it happens. */
final class ScroogeEventsIT extends AliceAndBob {
  @Test
  void allThatHappensIsTold() throws Exception {
    alice().start("ab");
    Path log = directory.resolve("events");
    List<String> command =
        Node.scrooge(List.of("events", "--json", "--control", alice().control.toString()));
    Process events = alice().netns.start(log, Map.of(), command.toArray(new String[0]));
    Await.until("it reads", () -> Files.exists(log) && !Files.readString(log).isEmpty());
    bob().start("ba");
    Await.until("a tunnel is told", () -> kinds(log).contains("tunnel_up"));
    alice().netns.run("nft", "delete", "table", "inet", "tollway");
    Await.until("the repair is told", () -> kinds(log).contains("policy_repaired"));
    bob().netns.run("ip", "link", "delete", "dev", "ba");
    Await.until("the loss is told", () -> kinds(log).containsAll(List.of("link_down")));
    Await.until("the end is told", () -> kinds(log).contains("tunnel_down"));
    assertThat(alice().ask("stop").out()).isEqualTo("{\"stopped\":true}\n");
    assertThat(events.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(events.exitValue()).isZero();
    List<JsonObject> told = read(log);
    assertThat(told.get(0).toString()).contains("\"link_up\"", "\"ab\"", "\"now\":true");
    assertThat(told.get(told.size() - 1).get("event").getAsString()).isEqualTo("stopping");
    String key = bob().identity.nodeId().base64();
    assertThat(told.stream().map(JsonObject::toString))
        .anyMatch(line -> line.contains("\"neighbor\"") && line.contains(key))
        .anyMatch(line -> line.contains("\"tunnel_up\"") && line.contains("\"tunnel\":\"tw"));
    for (int i = 2; i < told.size(); i++) {
      long gap = told.get(i).get("seq").getAsLong() - told.get(i - 1).get("seq").getAsLong();
      assertThat(gap).as("none is missing").isBetween(0L, 1L);
    }
  }

  @Test
  void aReaderEndsWithItsPipeAndOnCtrlC() throws Exception {
    alice().start("ab");
    String line =
        String.join(" ", Node.scrooge(List.of("events", "--control", alice().control.toString())));
    Process piped =
        alice()
            .netns
            .start(
                directory.resolve("piped"),
                Map.of(),
                "bash",
                "-c",
                line + " | head -n 1; exit ${PIPESTATUS[0]}");
    bob().start("ba");
    assertThat(piped.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(piped.exitValue()).isZero();
    assertThat(directory.resolve("piped")).content().hasLineCount(1).contains("link_up");
    // A test run in the background of a shell passes on that it ignores Ctrl-C.
    String inFront = "env --default-signal=INT " + line;
    Process interrupted =
        alice().netns.start(directory.resolve("int"), Map.of(), inFront.split(" "));
    Await.until("it reads", () -> Files.size(directory.resolve("int")) > 0);
    assertThat(new ProcessBuilder("kill", "-INT", "" + interrupted.pid()).start().waitFor())
        .isZero();
    assertThat(interrupted.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(interrupted.exitValue()).isZero();
  }

  @Test
  void metricsShowWhatIsKnown() throws Exception {
    alice().startIn(List.of(), "ab", "--metrics", "127.0.0.1:9137");
    bob().start("ba");
    Await.until("there is a tunnel", () -> alice().hasOpenTunnels(1));
    String page = page();
    String labels =
        "{interface=\"ab\",key=\""
            + bob().identity.nodeId().base64()
            + "\",tunnel=\""
            + alice().tunnels().get(0).get("tunnel").getAsString()
            + "\"}";
    assertThat(page)
        .contains("HTTP/1.1 200 OK", "tollway_neighbors{state=\"TUNNEL\"} 1.0")
        .contains("tollway_tunnel_up" + labels + " 1.0")
        .contains("tollway_tunnel_received_bytes_total" + labels)
        .contains("tollway_tunnel_handshake_age_seconds" + labels)
        .contains("tollway_messages_dropped_total{reason=\"FORGED\"} 0.0")
        .contains("tollway_policy_packets_total{verdict=\"forwarded\"}")
        .contains("tollway_loop_lag_seconds{loop=\"node\"}", "process_cpu_usage");
    List<String> taken = new ArrayList<>(bob().runArguments("ba"));
    taken.addAll(List.of("--metrics", "8.8.8.8:9137"));
    HostCommand.Result refused =
        bob().netns.attempt("", Node.scrooge(taken).toArray(new String[0]));
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.stderr()).contains("could be read by everybody").hasLineCount(1);
  }

  private String page() throws IOException {
    String script =
        "exec 3<>/dev/tcp/127.0.0.1/9137; printf 'GET /metrics HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3";
    return alice().netns.run("bash", "-c", script);
  }

  @Test
  void aTunnelThatDoesNotComeIsExplained() throws Exception {
    String stranger = Identity.generate(new SecureRandom()).nodeId().base64();
    alice().start("ab");
    assertThat(codes(stranger)).contains("NEVER_HEARD");
    bob().netns.run("nft", "add", "table", "inet", "wall");
    bob()
        .netns
        .run("nft", "add chain inet wall in { type filter hook input priority 0; policy accept; }");
    bob().netns.run("nft", "add rule inet wall in udp dport 51821-52844 drop");
    bob().start("ba");
    String key = bob().identity.nodeId().base64();
    Await.until("the missing handshake is told", () -> codes(key).contains("NO_HANDSHAKE_YET"));
    Await.until("and the failed attempt", () -> codes("ab").contains("NO_HANDSHAKE"));
    assertThat(codes(key + "%ab")).hasSize(1);
    assertThat(alice().ask("tunnel", "close", key).exitCode()).isZero();
    assertThat(codes(key)).containsExactly("CLOSED");
    assertThat(alice().ask("neighbor", "block", key).exitCode()).isZero();
    assertThat(codes(key)).contains("BLOCKED", "CLOSED");
    assertThat(codes("lo")).containsExactly("NOT_LOOKED_AT");
    assertThat(codes(alice().identity.nodeId().base64())).contains("OURSELVES");
    Shell unknown = alice().ask("explain", "nothing-of-that-name");
    assertThat(unknown.exitCode()).isEqualTo(1);
    assertThat(unknown.err()).contains("nothing here is called").hasLineCount(1);
    alice().netns.run("ip", "link", "set", "ab", "down");
    Await.until("the link is down", () -> codes("ab").contains("UNUSABLE"));
  }

  private List<String> codes(String about) {
    List<String> codes = new ArrayList<>();
    JsonObject answer =
        JsonParser.parseString(alice().ask("explain", about).out()).getAsJsonObject();
    for (JsonElement subject : answer.getAsJsonArray("explained")) {
      for (JsonElement reason : subject.getAsJsonObject().getAsJsonArray("reasons")) {
        codes.add(reason.getAsJsonObject().get("code").getAsString());
      }
    }
    return codes;
  }

  private static List<String> kinds(Path log) throws IOException {
    return read(log).stream().map(event -> event.get("event").getAsString()).toList();
  }

  private static List<JsonObject> read(Path log) throws IOException {
    List<JsonObject> events = new ArrayList<>();
    String text = Files.readString(log);
    for (String line : text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
      events.add(JsonParser.parseString(line).getAsJsonObject());
    }
    return events;
  }
}
