// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;
import tollway.console.Table;

/** {@code scrooge neighbors}. */
@Command(name = "neighbors", description = "List the neighbours that the daemon knows.")
final class NeighborsCommand extends Subcommand {
  @Mixin private ControlOptions daemon = new ControlOptions();

  @Override
  public Integer call() throws IOException, CommandFailedException {
    JsonObject answer = daemon.ask("neighbors");
    if (daemon.json()) {
      io().out().println(answer);
    } else {
      new Table(
              List.of("PUBLIC KEY", "ON", "STATE", "TRUST", "CONTROL ADDRESS", "HEARD", "TUNNEL"),
              List.of(
                  "publicKey",
                  "interface",
                  "state",
                  "trust",
                  "controlAddress",
                  "heardSecondsAgo",
                  "tunnel"))
          .fill(answer.getAsJsonArray("neighbors"))
          .print(io().out());
    }
    return ExitCode.DONE;
  }
}
