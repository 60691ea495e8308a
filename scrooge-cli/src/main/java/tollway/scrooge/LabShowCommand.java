// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tollway.bytes.MalformedBytesException;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;
import tollway.scrooge.lab.Layout;
import tollway.scrooge.lab.Scenarios;

/** {@code scrooge lab show}. */
@Command(
    name = "show",
    description = "Print the nodes, devices, addresses and routes of a scenario as JSON.")
final class LabShowCommand extends Subcommand {
  @Parameters(paramLabel = "NAME|FILE", description = "A scenario: its name, or its file.")
  private String scenario = "";

  @Option(names = "--nodes", paramLabel = "N", description = "With so many nodes.")
  private @Nullable Integer nodes;

  @Override
  public Integer call() throws IOException, MalformedBytesException {
    OptionalInt wanted = nodes == null ? OptionalInt.empty() : OptionalInt.of(nodes);
    Layout layout = new Layout(Scenarios.find(scenario, wanted).topology());
    io().out().println(new GsonBuilder().setPrettyPrinting().create().toJson(layout.json()));
    return ExitCode.DONE;
  }
}
