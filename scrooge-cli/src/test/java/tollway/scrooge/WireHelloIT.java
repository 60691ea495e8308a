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
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.cli.ExitCode;
import tollway.exec.HostCommand;
import tollway.lab.Await;
import tollway.lab.JavaProcess;
import tollway.lab.Netns;

/** {@code scrooge hello} as its user runs it, with a neighbour at the other end of a cable. */
final class WireHelloIT {
  private static final String BOB = HelloResponder.BOB.nodeId().base64();

  @TempDir Path directory;

  private final List<Netns> made = new ArrayList<>();
  private Netns alice;
  private Netns bob;

  @BeforeEach
  void build() throws IOException {
    Netns.require("ip");
    alice = namespace();
    bob = namespace();
    alice.cable("ab0", bob, "ba0");
  }

  private Netns namespace() throws IOException {
    Netns fresh = Netns.create();
    made.add(fresh);
    return fresh;
  }

  @AfterEach
  void remove() throws IOException {
    for (Netns each : made) {
      each.close();
    }
  }

  private void startBob(String manner, String... interfaces) throws Exception {
    Path log = Files.createFile(directory.resolve("bob" + System.nanoTime()));
    List<String> arguments = new ArrayList<>(List.of(manner));
    arguments.addAll(List.of(interfaces));
    String[] command =
        JavaProcess.command(HelloResponder.class.getName(), arguments.toArray(String[]::new))
            .toArray(String[]::new);
    Process process = bob.start(log, Map.of(), command);
    for (String each : interfaces) {
      Await.until(
          "the responder is up on " + each,
          () -> {
            assertThat(process.isAlive()).as(Files.readString(log)).isTrue();
            return Files.readString(log).contains("up " + each + "\n");
          });
    }
  }

  private static String[] scrooge(String... arguments) {
    return JavaProcess.command(ScroogeMain.class.getName(), arguments).toArray(String[]::new);
  }

  private HostCommand.Result hello(String... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of("hello"));
    all.addAll(List.of(arguments));
    return alice.attempt("", scrooge(all.toArray(String[]::new)));
  }

  @Test
  void printsWhoAnswersOnceEach() throws Exception {
    startBob("honest", "ba0");
    HostCommand.Result said = hello("-i", "ab0", "--wait", "3s");
    assertThat(said.exitCode()).as(said.stderr()).isEqualTo(ExitCode.DONE);
    assertThat(said.stdout().lines()).hasSize(1);
    assertThat(said.stdout())
        .startsWith(BOB + "  confirm")
        .containsPattern("\\[fe80::[0-9a-f:]+%ab0]:8481  on ab0  after \\d+ ms");
    assertThat(said.stderr()).isEmpty();
  }

  @Test
  void everyLinkIsTriedAndReportedAsJson() throws Exception {
    alice.cable("ab1", bob, "ba1");
    startBob("honest", "ba0", "ba1");
    HostCommand.Result said = hello("-i", "ab*", "--json");
    assertThat(said.exitCode()).as(said.stderr()).isEqualTo(ExitCode.DONE);
    JsonObject report = JsonParser.parseString(said.stdout()).getAsJsonObject();
    List<String> heard = new ArrayList<>();
    for (JsonElement answer : report.getAsJsonArray("answers")) {
      JsonObject each = answer.getAsJsonObject();
      assertThat(each.get("publicKey").getAsString()).isEqualTo(BOB);
      assertThat(each.get("said").getAsString()).isEqualTo("hello_confirm");
      heard.add(each.get("interface").getAsString());
    }
    assertThat(heard).containsExactlyInAnyOrder("ab0", "ab1");
  }

  @Test
  void aNeighbourCanBeSpokenToAlone() throws Exception {
    startBob("honest", "ba0");
    String address =
        bob.run("ip", "-6", "-o", "address", "show", "dev", "ba0", "scope", "link")
            .replaceFirst("(?s).*inet6 ([0-9a-f:]+)/.*", "$1");
    HostCommand.Result said = hello("-i", "ab0", "--to", "[" + address + "]:8481");
    assertThat(said.exitCode()).as(said.stderr()).isEqualTo(ExitCode.DONE);
    HostCommand.Result nobody = hello("-i", "ab0", "--to", "[fe80::1]:8481", "--wait", "1s");
    assertThat(nobody.exitCode()).isEqualTo(ExitCode.FAILED);
  }

  @Test
  void silenceIsExitCodeOne() throws Exception {
    startBob("silent", "ba0");
    HostCommand.Result said = hello("-i", "ab0", "--wait", "1s");
    assertThat(said.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(said.stdout()).isEmpty();
    assertThat(said.stderr()).contains("nobody answered on ab0").hasLineCount(1);
  }

  @Test
  void aHostWithoutIpv6IsToldSo() throws Exception {
    alice.run("ip", "link", "set", "lo", "down");
    alice.run("ip", "link", "delete", "ab0");
    HostCommand.Result said = hello("-i", "lo");
    assertThat(said.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(said.stderr()).contains("IPv6").hasLineCount(1);
  }

  @Test
  void aForgedAnswerIsNoAnswer() throws Exception {
    startBob("forging", "ba0");
    HostCommand.Result said = hello("-i", "ab0");
    assertThat(said.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(said.stdout()).isEmpty();
    assertThat(said.stderr()).contains("BAD_SIGNATURE");
  }

  @Test
  void itWorksBesideADaemonAndWithoutPrivileges() throws Exception {
    Netns.require("setpriv");
    startBob("honest", "ba0");
    Path log = Files.createFile(directory.resolve("daemon"));
    String[] daemon =
        JavaProcess.command(HelloResponder.class.getName(), "silent", "ab0").toArray(String[]::new);
    alice.start(log, Map.of(), daemon);
    Await.until("the port is taken", () -> Files.readString(log).contains("up ab0"));
    List<String> command = new ArrayList<>(List.of("setpriv", "--bounding-set", "-all"));
    command.addAll(List.of(scrooge("hello", "-i", "ab0")));
    HostCommand.Result said = alice.attempt("", command.toArray(String[]::new));
    assertThat(said.exitCode()).as(said.stderr()).isEqualTo(ExitCode.DONE);
    assertThat(said.stdout()).startsWith(BOB);
  }

  @Test
  void twoThatSayHelloHearEachOther() throws Exception {
    Path key = directory.resolve("alice.pem");
    String publicKey = Shell.scrooge("keygen", "-o", key.toString()).line();
    Path log = Files.createFile(directory.resolve("other"));
    Process other = bob.start(log, Map.of(), scrooge("hello", "-i", "ba0", "--wait", "20s"));
    Await.until(
        "the other heard our hello",
        () -> {
          hello("-i", "ab0", "--key", key.toString(), "--wait", "500ms");
          return Files.readString(log).startsWith(publicKey + "  hello  ");
        });
    other.destroy();
    other.waitFor();
  }
}
