// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.exec.HostCommand;
import tollway.lab.Await;
import tollway.lab.JavaProcess;
import tollway.lab.Netns;

/** The lab as its users run it; every other scenario is run by scripts/lab/all. */
final class ScroogeLabIT {
  private static final String MAIN = "tollway.scrooge.ScroogeMain";

  private static final Duration PATIENCE = Duration.ofMinutes(8);

  @TempDir private Path directory;
  private final List<JavaProcess> started = new ArrayList<>();

  @BeforeEach
  void needsRoot() {
    Netns.require("ip", "nft", "ping", "wireguard-go");
  }

  /** A lab that a failed test left running removes what it made. */
  @AfterEach
  void tearDown() throws Exception {
    for (JavaProcess process : started) {
      process.process().toHandle().destroy();
    }
    for (JavaProcess process : started) {
      process.process().waitFor(30, TimeUnit.SECONDS);
      process.close();
    }
  }

  private JavaProcess scrooge(String... arguments) throws IOException {
    JavaProcess process = JavaProcess.start(List.of(), Map.of(), MAIN, arguments);
    started.add(process);
    return process;
  }

  /** A lab takes half a minute, and several on a busy machine. */
  private static int ended(JavaProcess lab) throws Exception {
    Await.until("the lab ends", PATIENCE, () -> !lab.process().isAlive());
    return lab.exitCode();
  }

  private static JsonObject passed(JavaProcess lab) throws Exception {
    int code = ended(lab);
    assertThat(code).as("%s%n%s", lab.out(), lab.err()).isZero();
    JsonObject answer = JsonParser.parseString(lab.out().get(0)).getAsJsonObject();
    assertThat(answer.get("passed").getAsBoolean()).isTrue();
    return answer;
  }

  /** What carries the number of that process in its name. */
  private static List<String> leftOf(JavaProcess lab) throws IOException {
    String mark = "twl" + lab.process().pid();
    List<String> left = new ArrayList<>();
    HostCommand.run(List.of("ip", "netns", "list"))
        .lines()
        .filter(line -> line.startsWith(mark))
        .forEach(left::add);
    try (Stream<Path> files = Files.list(Path.of("/tmp"))) {
      files.map(Path::toString).filter(name -> name.contains(mark)).forEach(left::add);
    }
    return left;
  }

  @Test
  void twoLabsAtOnceKeepOutOfEachOthersWay() throws Exception {
    JavaProcess line = scrooge("lab", "run", "line", "--json");
    JavaProcess star = scrooge("lab", "run", "star-replay", "--json");
    assertThat(passed(line).toString()).contains("in by the cable, out by the tunnel: dropped");
    assertThat(passed(star).toString()).contains("messages replayed 20 times change nothing");
    assertThat(leftOf(line)).isEmpty();
    assertThat(leftOf(star)).isEmpty();
  }

  @Test
  void aMeshSurvivesTheDeathOfItsDaemons() throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("kill.json"),
            """
            {"name": "kill", "about": "Two daemons die", "limit": 400,
             "topology": {"shape": "line", "nodes": 3},
             "steps": [{"step": "start"}, {"step": "converge"}, {"step": "kill", "rounds": 2}]}
            """);
    // Seed 2 draws the middle node first.
    JavaProcess lab = scrooge("lab", "run", file.toString(), "--seed", "2", "--json");
    assertThat(passed(lab).toString()).contains("round 2: reaches n3");
    assertThat(leftOf(lab)).isEmpty();
  }

  @Test
  void aPromiseThatIsBrokenIsToldWithExitCode1() throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("wrong.json"),
            """
            {"name": "wrong", "about": "Nobody is started", "limit": 60,
             "topology": {"shape": "line", "nodes": 2},
             "steps": [{"step": "reach", "within": 1}, {"step": "start"}]}
            """);
    JavaProcess lab = scrooge("lab", "run", file.toString());
    assertThat(ended(lab)).isEqualTo(1);
    assertThat(lab.out())
        .anyMatch(line -> line.matches("wrong +n1 +reaches n2 by 1 tunnel +FAILED .*IPv4.*"))
        .noneMatch(line -> line.contains("start of"));
    assertThat(leftOf(lab)).isEmpty();
  }

  @Test
  void aMeshThatTheHostCannotHoldIsRefusedBeforeItIsBuilt() throws Exception {
    JavaProcess lab = scrooge("lab", "run", "hub", "--nodes", "48");
    assertThat(lab.exitCode()).isEqualTo(3);
    assertThat(lab.err()).hasSize(1);
    String limit =
        HostCommand.run(List.of("cat", "/proc/sys/fs/inotify/max_user_instances")).strip();
    assertThat(lab.err().get(0))
        .contains("hub needs 2256 inotify instances")
        .contains(" of " + limit + " are in use");
    assertThat(leftOf(lab)).isEmpty();
  }

  @Test
  void anInterruptRemovesTheMesh() throws Exception {
    JavaProcess lab = scrooge("lab", "run", "line");
    Await.until("the mesh is there", PATIENCE, () -> leftOf(lab).size() > 3);
    assertThat(lab.stop()).isEqualTo(1);
    assertThat(lab.err()).anyMatch(line -> line.contains("interrupted"));
    assertThat(leftOf(lab)).isEmpty();
  }

  @Test
  void aKilledLabIsRemovedByCleanAndARunningOneIsNot() throws Exception {
    JavaProcess running = scrooge("lab", "run", "line", "--json");
    JavaProcess killed = scrooge("lab", "run", "line", "--json");
    Await.until(
        "daemons run", PATIENCE, () -> killed.err().toString().contains("start of 3 daemons"));
    killed.kill();
    killed.process().waitFor();
    assertThat(leftOf(killed)).isNotEmpty();
    JavaProcess clean = scrooge("lab", "clean");
    assertThat(clean.exitCode()).as("%s", clean.err()).isZero();
    assertThat(clean.err()).anyMatch(line -> line.contains("twl" + killed.process().pid()));
    assertThat(leftOf(killed)).isEmpty();
    passed(running);
  }
}
