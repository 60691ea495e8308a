// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;
import tollway.console.Table;
import tollway.store.NodeStore;
import tollway.store.Usage;

/** {@code scrooge usage}. */
@Command(
    name = "usage",
    description = "Show what was forwarded from and for each neighbour, by day (UTC).",
    footer = {
      "",
      "Bytes are of IP packets inside the tunnels. Works without a daemon, too; one",
      "that runs is asked for its latest counts. Hours are kept for 35 days, days for",
      "ever."
    })
final class UsageCommand extends Subcommand {
  private static final List<String> FIELDS =
      List.of("start", "publicKey", "fromPackets", "fromBytes", "forPackets", "forBytes");

  @Mixin private RecordOptions records = new RecordOptions();

  @Option(names = "--hours", description = "By hour.")
  private boolean hours;

  @Override
  public Integer call() throws IOException, CommandFailedException {
    Instant since = records.since();
    JsonArray rows = new JsonArray();
    try (NodeStore store = records.open()) {
      store.usage(since, !hours).forEach(usage -> rows.add(row(usage)));
    }
    Table table =
        new Table(
            List.of(
                "START", "PUBLIC KEY", "PACKETS FROM", "BYTES FROM", "PACKETS FOR", "BYTES FOR"),
            FIELDS);
    records.print(io().out(), "usage", rows, FIELDS, table);
    return ExitCode.DONE;
  }

  private static JsonObject row(Usage usage) {
    JsonObject row = new JsonObject();
    row.addProperty("start", usage.start().toString());
    row.addProperty("publicKey", usage.neighbor());
    row.addProperty("fromPackets", usage.fromPackets());
    row.addProperty("fromBytes", usage.fromBytes());
    row.addProperty("forPackets", usage.forPackets());
    row.addProperty("forBytes", usage.forBytes());
    return row;
  }
}
