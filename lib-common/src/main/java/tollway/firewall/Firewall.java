// SPDX-License-Identifier: Apache-2.0
package tollway.firewall;

import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tollway.exec.Host;
import tollway.exec.HostCommand;

/**
 * Loads our table and no other. Every call blocks: make it on an {@code os} loop. The table
 * outlives the process, so that a crash forwards nothing more than before.
 */
public final class Firewall {
  private static final List<String> LOAD = List.of("nft", "-f", "-");

  /** Packets and bytes since the table was loaded. */
  public record Counters(
      long forwardedPackets, long forwardedBytes, long droppedPackets, long droppedBytes) {}

  /** What stands in the kernel. */
  public record Standing(Set<String> authed, Counters counters) {
    public Standing {
      authed = Set.copyOf(authed);
    }
  }

  private final Host host;

  public Firewall(Host host) {
    this.host = host;
  }

  /** Whether {@code host} has the program at all. */
  public static boolean isInstalled(Host host) {
    return host.has("nft");
  }

  /** Replaces our table in one transaction. */
  public void load(Ruleset rules) throws IOException {
    host.run(LOAD, rules.text());
  }

  /** Replaces the set of our standing table in one transaction. */
  public void update(Ruleset rules) throws IOException {
    host.run(LOAD, rules.update());
  }

  /** Takes our table away: the host forwards again as it did without us. */
  public void remove() throws IOException {
    host.run(LOAD, Ruleset.TABLE + " {}\ndelete " + Ruleset.TABLE + "\n");
  }

  /** Empty when our table, or what we need of it, has been taken away. */
  public Optional<Standing> standing() throws IOException {
    HostCommand.Result listed =
        host.attempt(List.of("nft", "--json", "list", "table", "inet", "tollway"), "");
    if (listed.exitCode() != 0) {
      return Optional.empty();
    }
    try {
      return NftJson.standing(JsonParser.parseString(listed.stdout()).getAsJsonObject());
    } catch (JsonParseException | IllegalStateException unexpected) {
      throw new IOException("cannot read what 'nft list table' printed", unexpected);
    }
  }
}
