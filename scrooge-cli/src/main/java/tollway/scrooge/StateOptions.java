// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.store.NodeStore;

/** Which node's store a command reads; a running daemon first brings it up to date. */
final class StateOptions {
  @Mixin private ControlOptions daemon = new ControlOptions();

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description = "The state directory of the daemon (default: ${DEFAULT-VALUE}).")
  private Path state = Path.of("/var/lib/tollway/scrooge");

  boolean json() {
    return daemon.json();
  }

  NodeStore open() throws IOException, CommandFailedException {
    daemon.askIfThere("measure");
    Path file = state.resolve("node.db");
    return NodeStore.look(file)
        .orElseThrow(
            () ->
                new CommandFailedException(
                    ExitCode.FAILED, "there is no " + file + ": has 'scrooge run' run here?"));
  }
}
