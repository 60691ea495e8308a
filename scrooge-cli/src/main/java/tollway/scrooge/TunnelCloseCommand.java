// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonObject;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tollway.cli.CommandFailedException;
import tollway.cli.DurationText;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;

/** {@code scrooge tunnel close}. */
@Command(
    name = "close",
    description = "End a tunnel, and make none with that neighbour.",
    footer = {
      "",
      "Until 'scrooge tunnel open', the end of --for, or the end of the daemon, whichever",
      "is first; what the neighbour asks is refused until then. Returns when the tunnel is",
      "removed here; the neighbour notices by and by. To keep somebody out for good, block",
      "it."
    })
final class TunnelCloseCommand extends Subcommand {
  @Mixin private TunnelTarget target = new TunnelTarget();

  @Option(names = "--for", paramLabel = "TIME", description = "Open it again after this time.")
  private @Nullable String period;

  @Override
  public Integer call() throws IOException, CommandFailedException {
    JsonObject arguments = target.arguments();
    if (period != null) {
      arguments.addProperty("millis", DurationText.parse("--for", period).toMillis());
    }
    target.print(io().out(), target.ask("tunnel_close", arguments));
    return ExitCode.DONE;
  }
}
