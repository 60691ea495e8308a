// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LabCommandsTest {
  @TempDir private Path directory;

  @Test
  void listsTheScenarios() {
    Shell list = Shell.scrooge("lab", "list");
    assertThat(list.exitCode()).isZero();
    assertThat(list.out()).startsWith("SCENARIO").contains("\nhub ").contains("\nstar-replay ");
    assertThat(Shell.scrooge("lab", "list", "--json").line()).startsWith("{\"scenarios\":[{");
  }

  @Test
  void showsALayout() {
    Shell show = Shell.scrooge("lab", "show", "hub", "--nodes", "3");
    assertThat(show.out())
        .contains("\"name\": \"n3\"")
        .doesNotContain("n4")
        .contains("\"switches\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          lab                       | 2 | which command?
          lab run                   | 2 | name scenarios, or --all
          lab run --all line        | 2 | name scenarios, or --all
          lab run nowhere           | 2 | no scenario and no file 'nowhere'
          lab run line --jobs 0     | 2 | --jobs: 0 is not a number above 0
          lab run line --nodes 1    | 4 | line.json: topology.nodes cannot be 1
          lab run line --nodes 1000 | 4 | line.json: topology.nodes cannot be 1000
          lab run /                 | 2 | / is a directory
          lab show nowhere          | 2 | no scenario and no file 'nowhere'
          lab agent                 | 2 | lab agent does: receive
          lab agent noise x 1 1 -1  | 2 | '-1' is not a number
          lab agent send x y z 1 2 3 | 2 | 'z' is not a number
          """)
  void saysInOneLineWhatIsWrong(String command, int code, String line) {
    Shell run = Shell.scrooge(command.split(" "));
    assertThat(run.exitCode()).isEqualTo(code);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("scrooge").contains(line).hasLineCount(1);
  }

  @Test
  void namesFileAndFieldOfAFault() throws Exception {
    Path file = Files.writeString(directory.resolve("mine.json"), "{\"name\": 5}");
    Shell run = Shell.scrooge("lab", "run", file.toString());
    assertThat(run.exitCode()).isEqualTo(4);
    assertThat(run.err()).isEqualTo("scrooge: " + file + ": name is not a string\n");
  }

  @Test
  void neverReadsAFileWithoutEnd() {
    Shell run = Shell.scrooge("lab", "run", "/dev/zero");
    assertThat(run.exitCode()).isEqualTo(4);
    assertThat(run.err()).contains("is too large for a scenario");
  }
}
