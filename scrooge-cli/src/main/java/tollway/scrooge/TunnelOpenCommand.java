// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;

/** {@code scrooge tunnel open}. */
@Command(
    name = "open",
    description = "Make a tunnel with a neighbour now, and take back 'tunnel close'.")
final class TunnelOpenCommand extends Subcommand {
  @Mixin private TunnelTarget target = new TunnelTarget();
  @Mixin private TunnelWait wait = new TunnelWait();

  @Override
  public Integer call() throws IOException, CommandFailedException, InterruptedException {
    target.print(io().out(), wait.ask(target, "tunnel_open"));
    return ExitCode.DONE;
  }
}
