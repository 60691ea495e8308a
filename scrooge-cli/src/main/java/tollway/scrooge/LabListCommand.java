// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tollway.bytes.MalformedBytesException;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;
import tollway.console.Table;
import tollway.scrooge.lab.Scenario;
import tollway.scrooge.lab.Scenarios;

/** {@code scrooge lab list}. */
@Command(name = "list", description = "List the scenarios that come with scrooge.")
final class LabListCommand extends Subcommand {
  @Option(names = "--json", description = "Print a JSON object.")
  private boolean json;

  @Override
  public Integer call() throws IOException, MalformedBytesException {
    JsonArray list = new JsonArray();
    for (String name : Scenarios.NAMES) {
      Scenario scenario = Scenarios.find(name, OptionalInt.empty());
      JsonObject one = new JsonObject();
      one.addProperty("name", name);
      one.addProperty("shape", scenario.topology().shape());
      one.addProperty("nodes", scenario.topology().nodes());
      one.addProperty("about", scenario.about());
      list.add(one);
    }
    if (json) {
      JsonObject answer = new JsonObject();
      answer.add("scenarios", list);
      io().out().println(answer);
    } else {
      new Table(
              List.of("SCENARIO", "SHAPE", "NODES", "WHAT IT SHOWS"),
              List.of("name", "shape", "nodes", "about"))
          .fill(list)
          .print(io().out());
    }
    return ExitCode.DONE;
  }
}
