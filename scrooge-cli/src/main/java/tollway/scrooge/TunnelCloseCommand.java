// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tollway.cli.CommandFailedException;
import tollway.cli.DurationText;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;
import tollway.cli.UserErrorException;

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
  private static final Duration LONGEST = Duration.ofDays(3650);

  @Mixin private TunnelTarget target = new TunnelTarget();

  @Option(names = "--for", paramLabel = "TIME", description = "Open it again after this time.")
  private @Nullable String period;

  @Override
  public Integer call() throws IOException, CommandFailedException {
    JsonObject arguments = target.arguments();
    if (period != null) {
      Duration time = DurationText.parse("--for", period);
      if (time.isZero() || time.compareTo(LONGEST) > 0) {
        throw new UserErrorException("--for: '" + period + "' is not between 1ms and ten years");
      }
      arguments.addProperty("millis", time.toMillis());
    }
    target.print(io().out(), target.ask("tunnel_close", arguments));
    return ExitCode.DONE;
  }
}
