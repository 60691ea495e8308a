// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import com.google.gson.JsonObject;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;

/** {@code egress widget drain}. */
@Command(name = "drain", description = "Take nobody new, and let those who are here finish.")
final class WidgetDrainCommand extends Subcommand {
  @Mixin private WidgetTarget widget = new WidgetTarget();

  @Override
  public Integer call() throws IOException, CommandFailedException {
    widget.ask("drain", new JsonObject(), io());
    return ExitCode.DONE;
  }
}
