// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;

/** {@code egress widget set}. */
@Command(
    name = "set",
    sortOptions = false,
    description = "Change limits of the running widget, or show them when none is given.",
    footer = {
      "",
      "'none' takes a rate, quota or schedule away. What is set here holds until the widget"
          + " ends: give the same options to 'egress widget', or a --config file, to keep them."
    })
final class WidgetSetCommand extends Subcommand {
  @Mixin private LimitOptions limits = new LimitOptions();
  @Mixin private WidgetTarget widget = new WidgetTarget();

  @Override
  public Integer call() throws IOException, CommandFailedException {
    limits.toLimits(); // What is mistyped is said before anybody is asked.
    JsonObject arguments = new JsonObject();
    for (Map.Entry<String, String> each : limits.given().entrySet()) {
      arguments.addProperty(each.getKey(), each.getValue());
    }
    widget.ask("set", arguments, io());
    return ExitCode.DONE;
  }
}
