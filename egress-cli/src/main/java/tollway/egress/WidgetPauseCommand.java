// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import com.google.gson.JsonObject;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;

/** {@code egress widget pause}. */
@Command(
    name = "pause",
    description = "Send everybody away at once and take nobody, until 'egress widget resume'.")
final class WidgetPauseCommand extends Subcommand {
  @Mixin private WidgetTarget widget = new WidgetTarget();

  @Override
  public Integer call() throws IOException, CommandFailedException {
    widget.ask("pause", new JsonObject(), io());
    return ExitCode.DONE;
  }
}
