// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import static org.assertj.core.api.Assertions.assertThat;

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
import tollway.lab.Await;
import tollway.lab.JavaProcess;
import tollway.lab.Netns;

/**
 * The chain over a bad wire ({@code scripts/lab/wire}): the person on one side, everybody else on
 * the other, 40 ms and some loss between them.
 */
final class DistantChainIT {
  private static final String FAR = "93.184.216.34";

  @TempDir private Path directory;

  private final List<Netns> namespaces = new ArrayList<>();
  private final List<JavaProcess> processes = new ArrayList<>();
  private final List<Process> programs = new ArrayList<>();

  @SuppressWarnings("NullAway.Init") // By build().
  private Netns person;

  @SuppressWarnings("NullAway.Init")
  private Netns others;

  @SuppressWarnings("NullAway.Init")
  private String invite;

  @BeforeEach
  void require() {
    Netns.require("ip", "curl", "python3");
  }

  @AfterEach
  void remove() throws Exception {
    processes.forEach(JavaProcess::kill);
    processes.forEach(JavaProcess::close);
    for (Process program : programs) {
      program.destroyForcibly().waitFor();
    }
    for (Netns each : namespaces) {
      each.close();
    }
  }

  @Test
  void whatCannotBeReachedIsExplainedAlthoughTheFirstDataWentAhead() throws Exception {
    build(0);
    widget();
    String proxy = connected("--paths", "1");
    assertThat(curl("-x", "http://" + proxy, "http://" + FAR + "/").out())
        .isEqualTo("<h1>a page</h1>\n");
    assertThat(curl("-p", "-x", "http://" + proxy, "http://" + FAR + "/").out())
        .as("by CONNECT")
        .isEqualTo("<h1>a page</h1>\n");
    // Plain HTTP: the proxy's own page tells why, at the first try.
    Answer plain = curl("-x", "http://" + proxy, "-w", "%{http_code}", "http://" + FAR + ":81/");
    assertThat(plain.out()).endsWith("502").contains("the host refuses the connection");
    // SOCKS: the first time it was told too early, and ends as a broken connection.
    String socks = "socks5h://" + proxy;
    assertThat(curl("--proxy", socks, "http://" + FAR + ":82/").exit()).isNotIn(0, 97);
    Answer again = curl("--proxy", socks, "http://" + FAR + ":82/");
    assertThat(again.exit()).as("curl's code for a proxy that refuses").isEqualTo(97);
  }

  @Test
  void aDownloadOverSeveralLossyPathsSurvivesTheDeathOfOne() throws Exception {
    build(2);
    JavaProcess dying = widget();
    String proxy = connected("--paths", "2", "--bond");
    widget().event("helping");
    Path file = directory.resolve("file");
    Process download =
        person.start(
            directory.resolve("curl.log"),
            Map.of(),
            "curl",
            "-sS",
            "--max-time",
            "120",
            "--proxy",
            "socks5h://" + proxy,
            "http://" + FAR + "/blob/12",
            "-o",
            file.toString());
    programs.add(download);
    Await.until("a part of it", () -> Files.exists(file) && Files.size(file) > 3 << 20);
    dying.kill();
    assertThat(download.waitFor()).isZero();
    assertThat(Chain.sha256(file)).isEqualTo(Origin.sha256(12));
  }

  /** So many per cent are lost in each direction. */
  private void build(int loss) throws Exception {
    person = namespace();
    others = namespace();
    Path said = directory.resolve("wire");
    programs.add(
        new ProcessBuilder(
                "../scripts/lab/wire",
                "%s:wire,%s:wire,20,%d,0,0".formatted(person.name(), others.name(), loss))
            .redirectOutput(said.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start());
    Await.until("the wire", () -> Files.exists(said) && Files.size(said) > 0);
    plug(person, "10.9.0.1/24");
    plug(others, "10.9.0.2/24");
    others.run("ip", "address", "add", FAR + "/32", "dev", "lo");
    start(others, Map.of(), Origin.class.getName(), FAR).event("ready");
    start(
            others,
            Map.of(),
            Chain.FREDDIE,
            "serve",
            "--listen",
            "10.9.0.2:8480",
            "--stun",
            "10.9.0.2:3478",
            "--json")
        .event("ready");
    invite =
        Chain.text(
            start(
                    others,
                    Map.of(),
                    Chain.EGRESS,
                    "serve",
                    "--json",
                    "--listen",
                    "10.9.0.2:8470",
                    "--freddie",
                    "http://10.9.0.2:8480",
                    "--allow-private",
                    "--state",
                    directory.resolve("egress").toString())
                .event("ready"),
            "invite");
  }

  private Netns namespace() throws IOException {
    Netns fresh = Netns.create();
    namespaces.add(fresh);
    return fresh;
  }

  private static void plug(Netns where, String address) throws IOException {
    where.run("ip", "address", "add", address, "dev", "wire");
    where.run("ip", "link", "set", "wire", "up");
  }

  private JavaProcess widget() throws Exception {
    return start(others, Map.of("TOLLWAY_INVITE", invite), Chain.EGRESS, "widget", "--json");
  }

  /** Starts a desktop and returns where its proxy is, once it is connected. */
  private String connected(String... options) throws Exception {
    List<String> arguments =
        new ArrayList<>(List.of("desktop", "--json", "--listen", "127.0.0.1:0"));
    arguments.addAll(List.of(options));
    JavaProcess desktop =
        start(
            person,
            Map.of("TOLLWAY_INVITE", invite),
            Chain.EGRESS,
            arguments.toArray(String[]::new));
    String proxy = Chain.text(desktop.event("listening"), "proxy");
    desktop.event("connected");
    return proxy;
  }

  private JavaProcess start(
      Netns where, Map<String, String> environment, String mainClass, String... arguments)
      throws IOException {
    JavaProcess process =
        JavaProcess.start(
            List.of("ip", "netns", "exec", where.name()), environment, mainClass, arguments);
    processes.add(process);
    return process;
  }

  private record Answer(int exit, String out) {}

  private Answer curl(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("curl", "-s", "--max-time", "30"));
    command.addAll(List.of(arguments));
    Path out = directory.resolve("answer" + programs.size());
    Process process = person.start(out, Map.of(), command.toArray(String[]::new));
    programs.add(process);
    int exit = process.waitFor();
    return new Answer(exit, Files.readString(out));
  }
}
