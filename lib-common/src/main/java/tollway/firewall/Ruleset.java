// SPDX-License-Identifier: Apache-2.0
package tollway.firewall;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which interfaces may forward to each other: the tunnels whose neighbour has proved itself. All
 * other forwarding of this host is dropped, IPv4 and IPv6 alike.
 */
public record Ruleset(Set<String> authed) {
  public static final String TABLE = "table inet tollway";

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,15}");

  public Ruleset {
    for (String name : authed) {
      if (!NAME.matcher(name).matches()) {
        throw new IllegalArgumentException("not an interface name: " + name);
      }
    }
    authed = Set.copyOf(authed);
  }

  /** The whole table, replacing an earlier one in the same transaction. */
  public String text() {
    // The empty declaration makes the deletion right also when there was no table.
    return """
        %1$s {}
        delete %1$s
        %1$s {
          counter forwarded {}
          counter dropped {}
          set authed {
            type ifname
            comment "tunnels whose neighbour has proved itself"%2$s
          }
          chain forward {
            type filter hook forward priority filter; policy drop;
            iifname @authed oifname @authed counter name forwarded accept
            counter name dropped drop
          }
        }
        """
        .formatted(TABLE, authed.isEmpty() ? "" : "\n    elements = { " + elements() + " }");
  }

  /** Only the set, in a table that stands: counters go on, and no packet meets half a set. */
  public String update() {
    String flush = "flush set inet tollway authed\n";
    return authed.isEmpty()
        ? flush
        : flush + "add element inet tollway authed { " + elements() + " }\n";
  }

  private String elements() {
    return new TreeSet<>(authed)
        .stream().map(name -> '"' + name + '"').collect(Collectors.joining(", "));
  }
}
