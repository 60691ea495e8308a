// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;

/** {@code scrooge explain}. */
@Command(
    name = "explain",
    description = "Say why there is no tunnel with a neighbour, or why it gets its share.",
    footer = {
      "",
      "Without an argument it goes through all that the daemon knows. The codes that",
      "--json prints do not change; the sentences may."
    })
final class ExplainCommand extends Subcommand {
  @Parameters(
      paramLabel = "KEY|INTERFACE|ADDRESS",
      arity = "0..1",
      description = "A public key or its beginning, an interface, a tunnel, or an IP address.")
  private @Nullable String about;

  @Mixin private ControlOptions daemon = new ControlOptions();

  @Override
  public Integer call() throws IOException, CommandFailedException {
    JsonObject arguments = new JsonObject();
    if (about != null) {
      arguments.addProperty("about", about);
    }
    JsonObject answer = daemon.ask("explain", arguments);
    if (daemon.json()) {
      io().out().println(answer);
    } else {
      for (JsonElement each : answer.getAsJsonArray("explained")) {
        print(each.getAsJsonObject());
      }
    }
    return ExitCode.DONE;
  }

  private void print(JsonObject subject) {
    io().out().println(title(subject));
    for (JsonElement reason : subject.getAsJsonArray("reasons")) {
      io().out().println("  " + reason.getAsJsonObject().get("text").getAsString());
    }
  }

  private static String title(JsonObject subject) {
    if (subject.has("publicKey")) {
      String on = subject.has("interface") ? " on " + subject.get("interface").getAsString() : "";
      return subject.get("publicKey").getAsString() + on;
    }
    for (String name : new String[] {"interface", "address"}) {
      if (subject.has(name)) {
        return subject.get(name).getAsString();
      }
    }
    return "messages";
  }
}
