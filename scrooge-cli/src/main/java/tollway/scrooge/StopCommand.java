// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;

/** {@code scrooge stop}. */
@Command(name = "stop", description = "End the daemon, and wait until all that it made is removed.")
final class StopCommand extends Subcommand {
  @Mixin private ControlOptions daemon = new ControlOptions();

  @Override
  public Integer call() throws IOException, CommandFailedException {
    var answer = daemon.askLast("stop");
    if (daemon.json()) {
      answer.addProperty("stopped", true);
      io().out().println(answer);
    }
    return ExitCode.DONE;
  }
}
