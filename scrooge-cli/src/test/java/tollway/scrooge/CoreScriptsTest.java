// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.exec.HostCommand;
import tollway.scrooge.lab.Scenarios;

/** The scenes for the CORE emulator read the scenario files as we do, and build the same. */
final class CoreScriptsTest {
  @TempDir private Path directory;

  @BeforeEach
  void needsPython() {
    boolean there = HostCommand.find("python3").isPresent();
    if (!there) {
      System.err.println("SKIPPED: needs the program python3");
    }
    Assumptions.assumeTrue(there, "python3");
  }

  /** One process for many questions: an interpreter may take a second to begin. */
  private static JsonObject ask(String code, List<String> arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "python3",
                "-B",
                "-c",
                "import json, sys; sys.path.insert(0, '../scripts/core')\n"
                    + "from tollway_core import layout, scenario\n"
                    + code));
    command.addAll(arguments);
    return JsonParser.parseString(HostCommand.run(command)).getAsJsonObject();
  }

  @Test
  void theirOwnTestsPass() throws IOException {
    HostCommand.Result tests =
        HostCommand.attempt(
            List.of("python3", "-B", "-m", "unittest", "discover", "-s", "../scripts/core"), "");
    assertThat(tests.stderr()).contains("OK");
    assertThat(tests.exitCode()).as(tests.stderr()).isZero();
  }

  @Test
  void everyScenarioIsLaidOutTheSame() throws IOException {
    JsonObject plans =
        ask(
            "print(json.dumps({name: layout.Layout(scenario.find(name).topology).json()"
                + " for name in sys.argv[1:]}))",
            Scenarios.NAMES);
    for (String name : Scenarios.NAMES) {
      assertThat(plans.get(name))
          .isEqualTo(JsonParser.parseString(Shell.scrooge("lab", "show", name).out()));
    }
  }

  @Test
  void theSameFaultsAreToldInTheSameWords() throws IOException {
    String sound =
        """
        {"name": "it", "about": "It holds",
         "topology": {"shape": "links", "nodes": 4, "links": [[1, 2], [2, 3, 4]], "mallory": 1},
         "limit": 60, "steps": [{"step": "replay", "times": 2}]}
        """;
    List<List<String>> changes =
        List.of(
            List.of("\"it\"", "\"It\""),
            List.of("60", "6.5"),
            List.of("60", "60, \"limit\": 1"),
            List.of("\"limit\"", "\"limt\": 1, \"limit\""),
            List.of("\"links\", \"nodes\"", "\"blob\", \"nodes\""),
            List.of("[1, 2]", "[1, 1]"),
            List.of("[1, 2]", "[1]"),
            List.of("[1, 2]", "[3, 4]"),
            List.of(", \"mallory\": 1", ""),
            List.of("\"times\"", "\"tmies\""),
            List.of("\"replay\"", "\"play\""),
            List.of(
                "\"steps\": [{", "\"nodes\": {\"2\": {\"weights\": {\"9\": 1}}}, \"steps\": [{"));
    List<String> files = new ArrayList<>();
    for (List<String> change : changes) {
      Path file = directory.resolve("it" + files.size() + ".json");
      files.add(Files.writeString(file, sound.replace(change.get(0), change.get(1))).toString());
    }
    JsonObject faults =
        ask(
            """
            def fault(name):
                try:
                    scenario.find(name)
                except scenario.Fault as fault:
                    return str(fault)
                return "sound"
            print(json.dumps({name: fault(name) for name in sys.argv[1:]}))
            """,
            files);
    for (String file : files) {
      Shell ours = Shell.scrooge("lab", "show", file);
      assertThat(ours.exitCode()).as(file).isEqualTo(4);
      assertThat("scrooge: " + faults.get(file).getAsString()).isEqualTo(ours.err().strip());
    }
  }
}
