// SPDX-License-Identifier: Apache-2.0
package tollway.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tollway.lab.Await;
import tollway.lab.JavaProcess;

/** Programs that must not outlive us. */
final class TiedCommandTest {
  private static final Duration LONG = Duration.ofMinutes(2);

  @TempDir private Path temporary;

  /** Somebody who waits for a program, with the given directory for temporary files. */
  public static void main(String[] args) throws Exception {
    System.setProperty("java.io.tmpdir", args[0]);
    HostCommand.tied(List.of("sleep", "120"), "", LONG, 1000);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void endsWithUsHoweverWeEnd(boolean kill) throws Exception {
    try (JavaProcess us =
        JavaProcess.start(
            List.of(), Map.of(), TiedCommandTest.class.getName(), temporary.toString())) {
      Await.until("the program runs", () -> programs(us.process(), "sleep").size() == 1);
      ProcessHandle program = programs(us.process(), "sleep").get(0);
      List<ProcessHandle> all = us.process().descendants().toList();
      // Nothing is left to be left behind.
      Await.until("no file", () -> temporary.toFile().list().length == 0);
      if (kill) {
        us.kill();
      } else {
        us.stop();
      }
      Await.until("it has ended", () -> !program.isAlive());
      Await.until("its watch, too", () -> all.stream().noneMatch(ProcessHandle::isAlive));
    }
  }

  private static List<ProcessHandle> programs(Process us, String name) {
    return us.descendants()
        .filter(each -> each.info().command().orElse("").endsWith("/" + name))
        .toList();
  }

  @Test
  void isLikeAnyOtherProgram() throws Exception {
    HostCommand.Result result =
        HostCommand.tied(
            List.of("sh", "-c", "cat; echo \"$1\" >&2; exit 7", "sh", "two words"),
            "what it reads",
            LONG,
            1000);
    assertThat(result).isEqualTo(new HostCommand.Result(7, "what it reads", "two words\n"));
    assertThat(HostCommand.tied(List.of("no-such-program"), "", LONG, 1000).exitCode())
        .isEqualTo(127);
  }

  @Test
  void isBoundedInTimeAndOutput() throws Exception {
    assertThatThrownBy(
            () -> HostCommand.tied(List.of("sleep", "7261"), "", Duration.ofMillis(500), 1000))
        .hasMessage("'sleep' did not end within 0 s");
    assertThatThrownBy(() -> HostCommand.tied(List.of("yes", "tied"), "", LONG, 1000))
        .hasMessage("'yes' printed more than 1000 bytes");
    Await.until(
        "both have ended",
        () ->
            ProcessHandle.allProcesses()
                .map(each -> each.info().commandLine().orElse(""))
                .noneMatch(each -> each.endsWith("sleep 7261") || each.endsWith("yes tied")));
  }
}
