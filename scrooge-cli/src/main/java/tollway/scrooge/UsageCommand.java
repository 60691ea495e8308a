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

  @Mixin private StateOptions state = new StateOptions();

  @Option(
      names = "--since",
      paramLabel = "WHEN",
      description = "36h or 7d ago, or 2026-05-01, or 2026-05-01T12:00:00Z (default: all).")
  private String since = "";

  @Option(names = "--hours", description = "By hour.")
  private boolean hours;

  @Option(names = "--csv", description = "Print comma-separated values.")
  private boolean csv;

  @Override
  public Integer call() throws IOException, CommandFailedException {
    Instant from = since.isEmpty() ? Instant.EPOCH : SinceText.parse(since, Instant.now());
    JsonArray rows = new JsonArray();
    try (NodeStore store = state.open()) {
      store.usage(from, !hours).forEach(usage -> rows.add(row(usage)));
    }
    if (state.json()) {
      JsonObject answer = new JsonObject();
      answer.add("usage", rows);
      io().out().println(answer);
    } else if (csv) {
      Csv.print(io().out(), FIELDS, rows);
    } else {
      new Table(
              List.of(
                  "START", "PUBLIC KEY", "PACKETS FROM", "BYTES FROM", "PACKETS FOR", "BYTES FOR"),
              FIELDS)
          .fill(rows)
          .print(io().out());
    }
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
