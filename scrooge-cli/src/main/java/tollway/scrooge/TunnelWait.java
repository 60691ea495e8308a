// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tollway.cli.CommandFailedException;
import tollway.cli.DurationText;
import tollway.console.EventReader;

/** Waiting until tunnels that a command began to make are up. */
final class TunnelWait {
  @Option(
      names = "--wait",
      paramLabel = "TIME",
      arity = "0..1",
      fallbackValue = "30s",
      description = "Return when the tunnel is up; exit code 1 when it is not in time (30s).")
  private @Nullable String wait;

  /** The answer to {@code command}; its tunnels are up when we are to wait for them. */
  JsonObject ask(TunnelTarget target, String command)
      throws IOException, CommandFailedException, InterruptedException {
    JsonObject arguments = target.arguments();
    if (wait == null) {
      return target.ask(command, arguments);
    }
    var limit = DurationText.parse("--wait", wait);
    List<JsonObject> answer = new ArrayList<>();
    Set<String> missing = new HashSet<>();
    EventReader reader =
        new EventReader(
            event -> true,
            "handshake",
            event -> {
              if (!event.has("now") && event.has("tunnel")) {
                missing.remove(event.get("tunnel").getAsString());
              }
              return missing.isEmpty();
            });
    // Events first: what happens between question and answer must not be missed.
    target
        .daemon()
        .follow(
            List.of("tunnel_up"),
            reader,
            limit,
            () -> {
              JsonObject said = target.ask(command, arguments);
              answer.add(said);
              for (JsonElement each : said.getAsJsonArray("tunnels")) {
                JsonObject tunnel = each.getAsJsonObject();
                if (tunnel.has("state") && !tunnel.get("state").getAsString().equals("TUNNEL")) {
                  missing.add(tunnel.get("tunnel").getAsString());
                }
              }
              return !missing.isEmpty();
            });
    answer
        .get(0)
        .getAsJsonArray("tunnels")
        .forEach(each -> each.getAsJsonObject().addProperty("state", "TUNNEL"));
    return answer.get(0);
  }
}
