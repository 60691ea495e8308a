// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;
import tollway.cli.UserErrorException;
import tollway.console.Table;
import tollway.shaping.ClaimText;

/** {@code scrooge weight}. */
@Command(
    name = "weight",
    description = "Show or set how neighbours divide the share.",
    footer = {
      "",
      "With weights 3 and 1, one gets three quarters and the other one, when both",
      "want more; what one leaves, the other may use. Takes effect at once, and",
      "outlives the daemon, and replaces what was said of that neighbour before, --floor",
      "and --ceil included. 'default' takes the operator's word back."
    })
final class WeightCommand extends Subcommand {
  @Mixin private ControlOptions daemon = new ControlOptions();

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "KEY",
      description = "A neighbour's public key, or the beginning of one that is known.")
  private @Nullable String key;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "N|default",
      description = "Its weight, 0 to 1000000, such as 3 or 0.5.")
  private @Nullable String weight;

  @Option(
      names = "--floor",
      paramLabel = "RATE",
      description = "What it is promised at least, such as 2mbit.")
  private @Nullable String floor;

  @Option(names = "--ceil", paramLabel = "RATE", description = "What it may use at most.")
  private @Nullable String ceil;

  @Override
  public Integer call() throws IOException, CommandFailedException {
    JsonObject answer = daemon.ask("weight", arguments());
    if (daemon.json()) {
      io().out().println(answer);
    } else {
      print(answer);
    }
    return ExitCode.DONE;
  }

  private JsonObject arguments() {
    JsonObject arguments = new JsonObject();
    if (key == null) {
      if (floor != null || ceil != null) {
        throw new UserErrorException("weight: whose? Give a KEY and its weight first");
      }
      return arguments;
    }
    if (weight == null) {
      throw new UserErrorException("weight: how much? Give a number behind the key, such as 3");
    }
    StringBuilder claim = new StringBuilder(weight);
    if (floor != null) {
      claim.append(" floor=").append(floor);
    }
    if (ceil != null) {
      claim.append(" ceil=").append(ceil);
    }
    if (!claim.toString().equals("default")) {
      try {
        ClaimText.parseClaim(claim.toString());
      } catch (ClaimText.UnfitException unfit) {
        throw new UserErrorException("weight: '" + claim + "' " + unfit.getMessage());
      }
    }
    arguments.addProperty("key", key);
    arguments.addProperty("claim", claim.toString());
    return arguments;
  }

  private void print(JsonObject answer) {
    JsonArray weights = answer.getAsJsonArray("weights");
    for (JsonElement each : weights) {
      JsonObject row = each.getAsJsonObject();
      row.addProperty("weight", ClaimText.number(row.get("weight").getAsDouble()));
    }
    new Table(
            List.of("PUBLIC KEY", "WEIGHT", "BY", "FLOOR", "CEIL"),
            List.of("publicKey", "weight", "origin", "floor", "ceil"))
        .fill(weights)
        .print(io().out());
    if (answer.has("sourceTrouble")) {
      io().err().println("scrooge: " + answer.get("sourceTrouble").getAsString());
    }
  }
}
