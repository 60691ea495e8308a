// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;
import tollway.console.Table;
import tollway.store.NodeStore;
import tollway.store.Receipt;

/** {@code scrooge receipts}. */
@Command(
    name = "receipts",
    description = "Show what neighbours signed for each other about what they forwarded.",
    subcommands = {ReceiptsVerifyCommand.class},
    footer = {
      "",
      "The issuer says what it forwarded from and for the neighbour, in bytes of IP",
      "packets; the neighbour agrees, or differs and says what it counted itself, or",
      "has not answered. --json and --csv hold the signed texts, which anybody can",
      "check with 'receipts verify'."
    })
final class ReceiptsCommand extends Subcommand {
  private static final List<String> FIELDS =
      List.of("issuer", "neighbor", "number", "start", "end", "fromBytes", "forBytes", "verdict");

  @Mixin private RecordOptions records = new RecordOptions();

  @Override
  public Integer call() throws IOException, CommandFailedException {
    Instant since = records.since();
    JsonArray rows = new JsonArray();
    try (NodeStore store = records.open()) {
      store.receipts(since).forEach(receipt -> rows.add(row(receipt)));
    }
    Table table =
        new Table(
            List.of("ISSUER", "NEIGHBOUR", "NO", "START", "END", "FROM", "FOR", "VERDICT"), FIELDS);
    List<String> signed = new ArrayList<>(FIELDS);
    signed.addAll(List.of("claim", "answer"));
    records.print(io().out(), "receipts", rows, signed, table);
    return ExitCode.DONE;
  }

  private static JsonObject row(Receipt receipt) {
    JsonObject row = new JsonObject();
    row.addProperty("issuer", receipt.issuer());
    row.addProperty("neighbor", receipt.neighbor());
    row.addProperty("number", receipt.number());
    row.addProperty("start", Instant.ofEpochSecond(receipt.start()).toString());
    row.addProperty("end", Instant.ofEpochSecond(receipt.end()).toString());
    row.addProperty("fromBytes", receipt.fromBytes());
    row.addProperty("forBytes", receipt.forBytes());
    row.addProperty("verdict", receipt.verdict());
    row.addProperty("claim", receipt.claim());
    receipt.answer().ifPresent(text -> row.addProperty("answer", text));
    return row;
  }
}
