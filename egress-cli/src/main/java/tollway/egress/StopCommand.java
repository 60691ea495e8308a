// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import com.google.gson.JsonObject;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;

/** {@code egress stop}. */
@Command(name = "stop", description = "End a daemon, and wait until it has ended.")
final class StopCommand extends Subcommand {
  @Mixin private DaemonChoice choice = new DaemonChoice();

  @Override
  public Integer call() throws IOException, CommandFailedException {
    JsonObject answer = choice.one(io().environment()).askLast("stop");
    if (choice.json()) {
      answer.addProperty("stopped", true);
      io().out().println(answer);
    }
    return ExitCode.DONE;
  }
}
