// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;
import tollway.console.Daemon;

/** {@code egress status}. */
@Command(
    name = "status",
    description = "Show how each 'egress desktop', 'widget' and 'serve' on this host is doing.",
    footer = {"", "Nobody's address and no destination is shown: the daemons do not keep them."})
final class StatusCommand extends Subcommand {
  @Mixin private DaemonChoice choice = new DaemonChoice();

  @Override
  public Integer call() throws IOException, CommandFailedException {
    List<Daemon> daemons = choice.all(io().environment());
    boolean first = true;
    for (Daemon daemon : daemons) {
      JsonObject status = daemon.ask("status");
      if (choice.json()) {
        io().out().println(status);
      } else {
        if (!first) {
          io().out().println();
        }
        StatusText.print(status, io().out());
      }
      first = false;
    }
    return ExitCode.DONE;
  }
}
