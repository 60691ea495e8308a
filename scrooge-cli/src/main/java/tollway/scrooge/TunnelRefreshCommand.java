// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;

/** {@code scrooge tunnel refresh}. */
@Command(
    name = "refresh",
    description = "Make a tunnel anew, with fresh keys at both ends.",
    footer = {
      "",
      "The neighbours speak as they do for a first tunnel; the interface, its addresses and",
      "routes stay. What is sent meanwhile, some milliseconds, is lost."
    })
final class TunnelRefreshCommand extends Subcommand {
  @Mixin private TunnelTarget target = new TunnelTarget();
  @Mixin private TunnelWait wait = new TunnelWait();

  @Override
  public Integer call() throws IOException, CommandFailedException, InterruptedException {
    target.print(io().out(), wait.ask(target, "tunnel_refresh"));
    return ExitCode.DONE;
  }
}
