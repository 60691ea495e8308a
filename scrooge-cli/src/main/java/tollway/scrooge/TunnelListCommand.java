// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;
import tollway.console.Table;

/** {@code scrooge tunnel list}. */
@Command(
    name = "list",
    description = "List the tunnels: their interfaces, and who is at the other end.")
final class TunnelListCommand extends Subcommand {
  @Mixin private ControlOptions daemon = new ControlOptions();

  @Override
  public Integer call() throws IOException, CommandFailedException {
    JsonObject answer = daemon.ask("tunnels");
    if (daemon.json()) {
      io().out().println(answer);
    } else {
      new Table(
              List.of(
                  "INTERFACE", "PUBLIC KEY", "ON", "STATE", "ADDRESS", "HANDSHAKE", "IN", "OUT"),
              List.of(
                  "tunnel",
                  "publicKey",
                  "interface",
                  "state",
                  "address",
                  "handshakeSecondsAgo",
                  "receivedBytes",
                  "sentBytes"))
          .fill(answer.getAsJsonArray("tunnels"))
          .print(io().out());
    }
    return ExitCode.DONE;
  }
}
