// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tollway.cli.CommandFailedException;
import tollway.console.Table;

/** Which tunnel a command is about, and what is said of it afterwards. */
final class TunnelTarget {
  @Parameters(
      paramLabel = "KEY[%IF]",
      description =
          "The neighbour's public key or its beginning; with %%IF its tunnel on that interface"
              + " alone.")
  private String key = "";

  @Mixin private ControlOptions daemon = new ControlOptions();

  ControlOptions daemon() {
    return daemon;
  }

  JsonObject arguments() {
    JsonObject arguments = new JsonObject();
    arguments.addProperty("key", key);
    return arguments;
  }

  JsonObject ask(String command, JsonObject arguments) throws IOException, CommandFailedException {
    return daemon.ask(command, arguments);
  }

  void print(PrintWriter out, JsonObject answer) {
    if (daemon.json()) {
      out.println(answer);
    } else {
      new Table(
              List.of("INTERFACE", "PUBLIC KEY", "ON", "STATE"),
              List.of("tunnel", "publicKey", "interface", "state"))
          .fill(answer.getAsJsonArray("tunnels"))
          .print(out);
    }
  }
}
