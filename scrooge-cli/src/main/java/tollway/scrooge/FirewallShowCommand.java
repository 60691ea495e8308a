// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;
import tollway.console.Table;
import tollway.firewall.Firewall;
import tollway.firewall.Passage;

/** {@code scrooge firewall show}. */
@Command(
    name = "show",
    description = "Show the forwarding policy and what it counted, from the kernel itself.",
    footer = {
      "",
      "Needs root, and no daemon: after a crash the policy stands. Bytes are of IP",
      "packets inside the tunnels that were let through, since the tunnel came up."
    })
final class FirewallShowCommand extends Subcommand {
  @Option(names = "--json", description = "Print a JSON object.")
  private boolean json;

  @Override
  public Integer call() throws IOException, CommandFailedException {
    Firewall.Standing standing = KernelPolicy.use(Firewall::standing);
    if (standing.epoch().isEmpty()) {
      throw new CommandFailedException(
          ExitCode.FAILED, "no forwarding policy stands here: is 'scrooge run' running?");
    }
    JsonObject shown = json(standing);
    if (json) {
      io().out().println(shown);
      return ExitCode.DONE;
    }
    Set<String> links = new TreeSet<>(standing.rules().links());
    io().out()
        .printf(
            "forwards         from tunnel to tunnel, nothing else%n"
                + "reverse path     %s%n"
                + "bridges          %s%n%n",
            standing.rules().reversePath().label(),
            links.isEmpty() ? "untouched" : "pass on nothing of " + String.join(", ", links));
    new Table(List.of("", "PACKETS", "BYTES"), List.of("what", "packets", "bytes"))
        .fill(shown.getAsJsonArray("counters"))
        .print(io().out());
    io().out().println();
    new Table(
            List.of("TUNNEL", "PUBLIC KEY", "FORWARDED", "CLASS", "BYTES FROM IT", "BYTES FOR IT"),
            List.of("tunnel", "publicKey", "forwarded", "class", "fromBytes", "forBytes"))
        .fill(shown.getAsJsonArray("tunnels"))
        .print(io().out());
    return ExitCode.DONE;
  }

  private static JsonObject json(Firewall.Standing standing) {
    JsonObject shown = new JsonObject();
    shown.addProperty("reversePath", standing.rules().reversePath().label());
    JsonArray links = new JsonArray();
    new TreeSet<>(standing.rules().links()).forEach(links::add);
    shown.add("links", links);
    JsonArray counters = new JsonArray();
    counters.add(count("forwarded", standing.counters().forwarded()));
    counters.add(count("dropped", standing.counters().dropped()));
    counters.add(count("spoofed", standing.counters().spoofed()));
    counters.add(count("bridged", standing.counters().bridged()));
    shown.add("counters", counters);
    JsonArray tunnels = new JsonArray();
    for (String name : new TreeSet<>(standing.in().keySet())) {
      tunnels.add(tunnel(standing, name));
    }
    shown.add("tunnels", tunnels);
    return shown;
  }

  private static JsonObject tunnel(Firewall.Standing standing, String name) {
    JsonObject tunnel = new JsonObject();
    tunnel.addProperty("tunnel", name);
    Firewall.Traffic in = standing.in().get(name);
    Firewall.Traffic out = standing.out().get(name);
    Passage passage = standing.rules().authed().get(name);
    tunnel.addProperty("forwarded", passage == null ? "no" : "yes");
    if (passage != null && passage.classMinor() > 0) {
      tunnel.addProperty("class", "1:%x".formatted(passage.classMinor()));
    }
    if (in != null) {
      tunnel.addProperty("publicKey", in.neighbor());
      tunnel.addProperty("fromPackets", in.count().packets());
      tunnel.addProperty("fromBytes", in.count().bytes());
    }
    if (out != null) {
      tunnel.addProperty("forPackets", out.count().packets());
      tunnel.addProperty("forBytes", out.count().bytes());
    }
    return tunnel;
  }

  private static JsonObject count(String what, Firewall.Count count) {
    JsonObject json = new JsonObject();
    json.addProperty("what", what);
    json.addProperty("packets", count.packets());
    json.addProperty("bytes", count.bytes());
    return json;
  }
}
