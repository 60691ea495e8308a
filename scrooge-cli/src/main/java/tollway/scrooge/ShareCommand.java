// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonObject;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;

/** {@code scrooge share}. */
@Command(
    name = "share",
    description = "Show or set how much bandwidth neighbours may use, all together.",
    footer = {
      "",
      "  scrooge share 40%% --uplink 50mbit    a part of the uplink",
      "  scrooge share 20mbit                 so much",
      "  scrooge share off                    no bound",
      "",
      "Takes effect at once, without losing a packet, and outlives the daemon;",
      "'scrooge run --share' overrides it at the next start."
    })
final class ShareCommand extends Subcommand {
  @Mixin private ControlOptions daemon = new ControlOptions();

  @Parameters(arity = "0..1", paramLabel = "N%|RATE|off", description = "What to share.")
  private @Nullable String amount;

  @Option(
      names = "--uplink",
      paramLabel = "RATE|IF",
      description = "How fast the uplink is: 50mbit, or an interface whose driver knows.")
  private @Nullable String uplink;

  @Override
  public Integer call() throws IOException, CommandFailedException {
    JsonObject arguments = new JsonObject();
    if (amount != null) {
      arguments.addProperty("amount", amount);
    }
    if (uplink != null) {
      arguments.addProperty("uplink", uplink);
    }
    JsonObject answer = daemon.ask("share", arguments);
    if (daemon.json()) {
      io().out().println(answer);
    } else {
      QosView.share(answer).forEach(io().out()::println);
    }
    return ExitCode.DONE;
  }
}
