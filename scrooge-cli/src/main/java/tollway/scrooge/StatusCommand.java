// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.Map;
import java.util.StringJoiner;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;

/** {@code scrooge status}. */
@Command(name = "status", description = "Show how the daemon is.")
final class StatusCommand extends Subcommand {
  @Mixin private ControlOptions daemon = new ControlOptions();

  @Override
  public Integer call() throws IOException, CommandFailedException {
    JsonObject status = daemon.ask("status");
    if (daemon.json()) {
      io().out().println(status);
    } else {
      for (Map.Entry<String, JsonElement> entry : status.entrySet()) {
        String text =
            entry.getKey().equals("share")
                ? String.join("; ", QosView.share(entry.getValue().getAsJsonObject()))
                    .replaceFirst("^share ", "")
                : text(entry.getValue());
        io().out().printf("%-15s %s%n", entry.getKey(), text);
      }
    }
    return ExitCode.DONE;
  }

  private static String text(JsonElement value) {
    StringJoiner joined = new StringJoiner(", ");
    if (value instanceof JsonArray list) {
      list.forEach(element -> joined.add(element.getAsString()));
    } else if (value instanceof JsonObject object) {
      object.entrySet().forEach(each -> joined.add(each.getKey() + " " + each.getValue()));
    } else {
      joined.add(value.getAsString());
    }
    return joined.toString();
  }
}
