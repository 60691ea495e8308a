// SPDX-License-Identifier: Apache-2.0
package tollway.firewall;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What this host forwards: from one tunnel whose neighbour has proved itself to another, and
 * nothing else, IPv4 and IPv6 alike; nor does a bridge pass on frames of {@code links}, names or
 * beginnings of names with a {@code *}. {@code bridges} is false on a kernel that cannot filter
 * them.
 */
public record Ruleset(
    Map<String, Passage> authed, Set<String> links, ReversePath reversePath, boolean bridges) {
  static final String INET = "table inet tollway";
  static final String BRIDGE = "table bridge tollway";

  /** How the rule that drops the rest says what the reverse path is checked by. */
  static final String MODE = "reverse path ";

  private static final Pattern TUNNEL = Pattern.compile("[A-Za-z0-9_-]{1,15}");
  private static final Pattern LINK =
      Pattern.compile("[A-Za-z0-9._:@+-]{1,15}|[\\w.:@+-]{1,14}\\*");

  public Ruleset {
    for (String name : authed.keySet()) {
      if (!isTunnelName(name)) {
        throw new IllegalArgumentException("not a tunnel's name: " + name);
      }
    }
    for (String name : links) {
      if (!isLinkName(name)) {
        throw new IllegalArgumentException("not an interface name: " + name);
      }
    }
    authed = Map.copyOf(authed);
    links = Set.copyOf(links);
  }

  /** Nothing is forwarded at all. */
  public static Ruleset closed(ReversePath reversePath) {
    return new Ruleset(Map.of(), Set.of(), reversePath, true);
  }

  /** Whether a rule can name this interface, or all those that begin with what is before a *. */
  public static boolean isLinkName(String name) {
    return LINK.matcher(name).matches();
  }

  static boolean isTunnelName(String name) {
    return TUNNEL.matcher(name).matches();
  }

  Ruleset withoutBridges() {
    return new Ruleset(authed, links, reversePath, false);
  }

  /** Both tables anew, in one transaction. {@code epoch} names this life of the counters. */
  public String text(String epoch) {
    // The empty declaration makes the deletion right also when there was no table.
    String inet = INET + " {}\ndelete " + INET + "\n";
    String bridge = BRIDGE + " {}\ndelete " + BRIDGE + "\n";
    return inet + (bridges ? bridge : "") + tables(epoch);
  }

  /**
   * The same upon what stands, in one transaction: counters go on, {@code epoch} counts only where
   * there was no table, and no packet meets half a policy.
   */
  public String update(String epoch) {
    StringBuilder text = new StringBuilder(frame(epoch));
    for (String set : List.of("set", "map")) {
      String names = set.equals("set") ? "authed" : "classes counted_in counted_out";
      for (String name : names.split(" ")) {
        text.append("flush ").append(set).append(" inet tollway ").append(name).append('\n');
      }
    }
    for (String chain : List.of("forward", "between", "reverse")) {
      text.append("flush chain inet tollway ").append(chain).append('\n');
    }
    if (bridges) {
      text.append("flush set bridge tollway links\nflush chain bridge tollway forward\n");
    }
    return text + tables(epoch);
  }

  /** Takes the tables away, there or not. */
  static String removal(boolean bridges) {
    String inet = INET + " {}\ndelete " + INET + "\n";
    return bridges ? inet + BRIDGE + " {}\ndelete " + BRIDGE + "\n" : inet;
  }

  /** What must be there before it can be flushed. */
  private String frame(String epoch) {
    Ruleset empty = new Ruleset(Map.of(), Set.of(), reversePath, bridges);
    return empty
        .tables(epoch)
        .lines()
        .filter(line -> !line.startsWith("    ") || line.matches(" +(type|flags|comment) .*"))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private String tables(String epoch) {
    StringBuilder text = new StringBuilder();
    text.append(INET).append(" {\n");
    text.append(counter("forwarded", "epoch " + epoch));
    for (String name : List.of("dropped", "spoofed")) {
      text.append("  counter ").append(name).append(" {\n  }\n");
    }
    for (Map.Entry<String, Passage> each : sorted().entrySet()) {
      text.append(counter("in_" + each.getKey(), each.getValue().neighbor()));
      text.append(counter("out_" + each.getKey(), each.getValue().neighbor()));
    }
    text.append(
        """
          set authed {
            type ifname
            comment "tunnels whose neighbour has proved itself"
        %s  }
          map classes {
            type ifname : classid
        %s  }
          map counted_in {
            type ifname : counter
        %s  }
          map counted_out {
            type ifname : counter
        %s  }
        """
            .formatted(
                elements(authed.keySet().stream().map(Ruleset::quoted).toList()),
                elements(classes()),
                elements(values(name -> quoted("in_" + name))),
                elements(values(name -> quoted("out_" + name)))));
    text.append(
        """
          chain forward {
            type filter hook forward priority filter; policy drop;
            iifname @authed oifname @authed goto between
            counter name dropped drop comment "%s"
          }
          chain between {
        %s    meta priority set iifname map @classes
            counter name iifname map @counted_in
            counter name oifname map @counted_out
            counter name forwarded accept
          }
          chain reverse {
        %s  }
        }
        """
            .formatted(MODE + reversePath.label(), checks(), reverse()));
    if (bridges) {
      text.append(
          BRIDGE
              + """
               {
                counter dropped {
                }
                set links {
                  type ifname
                  flags interval
              %s  }
                chain forward {
                  type filter hook forward priority filter; policy accept;
                  iifname @links counter name dropped drop
                  oifname @links counter name dropped drop
                }
              }
              """
                  .formatted(elements(links.stream().map(Ruleset::quoted).toList())));
    }
    return text.toString();
  }

  /**
   * Nothing here asks for connection tracking ({@code ct}): it would cost every packet, find fault
   * with conversations of which one direction goes elsewhere, and let neighbours fill a table that
   * the owner's own traffic needs.
   */
  private String checks() {
    return reversePath == ReversePath.OFF ? "" : "    jump reverse\n";
  }

  /** Which packets come back from this chain. */
  private String reverse() {
    List<String> rules = new ArrayList<>();
    switch (reversePath) {
      case STRICT -> {
        rules.add("fib saddr . iif oif exists return");
        for (Set<String> tunnels : twins()) {
          String names = "{ " + tunnels.stream().map(Ruleset::quoted).collect(JOINED) + " }";
          rules.add("iifname " + names + " fib saddr oifname " + names + " return");
        }
        rules.add("counter name spoofed drop");
      }
      case LOOSE -> {
        if (!authed.isEmpty()) {
          String names = sorted().keySet().stream().map(Ruleset::quoted).collect(JOINED);
          rules.add("fib saddr oifname { " + names + " } return");
        }
        rules.add("counter name spoofed drop");
      }
      case OFF -> {}
    }
    return rules.stream().map(rule -> "    " + rule + "\n").collect(Collectors.joining());
  }

  /** The tunnels of each neighbour that has more than one. */
  private List<Set<String>> twins() {
    Map<String, Set<String>> byNeighbor = new TreeMap<>();
    authed.forEach(
        (name, passage) ->
            byNeighbor.computeIfAbsent(passage.neighbor(), key -> new TreeSet<>()).add(name));
    return byNeighbor.values().stream().filter(tunnels -> tunnels.size() > 1).toList();
  }

  private List<String> classes() {
    List<String> lines = new ArrayList<>();
    sorted()
        .forEach(
            (name, passage) -> {
              if (passage.classMinor() > 0) {
                lines.add("%s : 1:%x".formatted(quoted(name), passage.classMinor()));
              }
            });
    return lines;
  }

  private List<String> values(Function<String, String> value) {
    return authed.keySet().stream().map(name -> quoted(name) + " : " + value.apply(name)).toList();
  }

  private Map<String, Passage> sorted() {
    return new TreeMap<>(authed);
  }

  private static final java.util.stream.Collector<CharSequence, ?, String> JOINED =
      Collectors.joining(", ");

  private static String counter(String name, String comment) {
    return "  counter " + name + " {\n    comment " + quoted(comment) + "\n  }\n";
  }

  private static String elements(List<String> lines) {
    return lines.isEmpty()
        ? ""
        : "    elements = { " + lines.stream().sorted().collect(JOINED) + " }\n";
  }

  private static String quoted(String text) {
    return '"' + text + '"';
  }
}
