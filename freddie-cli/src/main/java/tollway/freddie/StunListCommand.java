// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tollway.bytes.MalformedBytesException;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;
import tollway.console.Table;
import tollway.crawl.ListedServer;
import tollway.crawl.ServerList;

/** {@code freddie stun list}. */
@Command(
    name = "list",
    sortOptions = false,
    description = "Show a list that 'freddie stun crawl' made, the best server first.",
    footer = {
      "",
      "HISTORY has a character for each crawl, the newest last: + good, - not. HEALTH is the share"
          + " of +.",
      "Exit code 0: shown; 1: none in it is good; 2: no such file; 4: it is no such list."
    })
final class StunListCommand extends Subcommand {
  @Parameters(paramLabel = "FILE", description = "The list.")
  private Path file = Path.of("");

  @Option(names = "--good", description = "Leave out those that were not good in the last crawl.")
  private boolean good;

  @Option(names = "--json", description = "Print one JSON object instead.")
  private boolean json;

  @Override
  public Integer call() throws IOException, MalformedBytesException {
    ServerList list = ServerList.read(file);
    List<ListedServer> shown =
        list.servers().stream().filter(each -> !good || each.isGood()).toList();
    JsonArray rows = new JsonArray();
    if (json) {
      shown.forEach(each -> rows.add(ServerList.json(each)));
      JsonObject whole = new JsonObject();
      whole.addProperty("good", list.good());
      whole.add("servers", rows);
      io().out().println(whole);
    } else {
      shown.forEach(each -> rows.add(row(each)));
      new Table(
              List.of("SERVER", "GOOD", "HEALTH", "MS", "RFC5780", "LAST GOOD", "HISTORY"),
              List.of("server", "good", "health", "ms", "rfc5780", "last_good", "history"))
          .fill(rows)
          .print(io().out());
    }
    return list.good() > 0 ? ExitCode.DONE : ExitCode.FAILED;
  }

  private static JsonObject row(ListedServer server) {
    JsonObject row = ServerList.json(server);
    row.addProperty("good", server.isGood() ? "yes" : "no");
    row.addProperty("health", Math.round(server.health() * 100) + " %");
    row.addProperty("last_good", server.lastGood().toString().substring(0, 16) + "Z");
    return row;
  }
}
