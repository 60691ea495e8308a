// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.cli.UserErrorException;
import tollway.console.Table;
import tollway.store.NodeStore;

/** Which of a node's records a command shows, and how. */
final class RecordOptions {
  @Mixin private ControlOptions daemon = new ControlOptions();

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description = "The state directory of the daemon (default: ${DEFAULT-VALUE}).")
  private Path state = RunOptions.STATE;

  @Option(
      names = "--since",
      paramLabel = "WHEN",
      description = "36h or 7d ago, or 2026-05-01, or 2026-05-01T12:00:00Z (default: all).")
  private String since = "";

  @Option(names = "--csv", description = "Print comma-separated values.")
  private boolean csv;

  /** The store, which a running daemon first brings up to date. */
  NodeStore open() throws IOException, CommandFailedException {
    if (csv && daemon.json()) {
      throw new UserErrorException("--csv: not together with --json");
    }
    daemon.askIfThere("measure");
    Path file = state.resolve("node.db");
    return NodeStore.look(file)
        .orElseThrow(
            () ->
                new CommandFailedException(
                    ExitCode.FAILED, "there is no " + file + ": has 'scrooge run' run here?"));
  }

  Instant since() {
    return since.isEmpty() ? Instant.EPOCH : SinceText.parse(since, Instant.now());
  }

  /** As JSON below {@code name}, as CSV of {@code fields}, or as the table, filled. */
  void print(PrintWriter out, String name, JsonArray records, List<String> fields, Table table) {
    if (daemon.json()) {
      JsonObject answer = new JsonObject();
      answer.add(name, records);
      out.println(answer);
    } else if (csv) {
      Csv.print(out, fields, records);
    } else {
      table.fill(records).print(out);
    }
  }
}
