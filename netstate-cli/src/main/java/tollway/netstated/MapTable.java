// SPDX-License-Identifier: Apache-2.0
package tollway.netstated;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tollway.netstate.Edge;
import tollway.netstate.GraphView;
import tollway.netstate.Role;

/** A graph as rows of text: a band for each role, under each node who helps it. */
final class MapTable {
  private static final int MAX_NAME = 28;
  private static final Map<Role, String> BANDS =
      Map.of(Role.DESKTOP, "People cut off", Role.WIDGET, "Widgets", Role.EGRESS, "Exits");

  private final GraphView view;
  private final NodeNames names;
  private final Map<String, List<GraphView.Link>> helpedBy = new HashMap<>();
  private final Map<String, List<GraphView.Link>> helping = new HashMap<>();
  private final List<Row> rows = new ArrayList<>();
  private final int peerColumn;
  private final int rateColumn;

  private MapTable(GraphView view) {
    this.view = view;
    this.names = new NodeNames(view);
    for (GraphView.Link link : view.links()) {
      helpedBy.computeIfAbsent(link.helped(), id -> new ArrayList<>()).add(link);
      helping.computeIfAbsent(link.helper(), id -> new ArrayList<>()).add(link);
    }
    int longest = view.nodes().stream().mapToInt(node -> Row.width(label(node))).max().orElse(0);
    this.peerColumn = 2 + Math.min(MAX_NAME, longest) + 2 + 5;
    this.rateColumn = peerColumn + Math.min(MAX_NAME, longest + " widget".length()) + 2;
  }

  /** Empty for an empty graph. */
  static List<Row> rows(GraphView view) {
    MapTable table = new MapTable(view);
    for (Role role : Role.values()) {
      table.addBand(role);
    }
    return table.rows;
  }

  /** Who and how much, in one line. */
  static Row summary(GraphView view) {
    if (view.nodes().isEmpty()) {
      return Row.of("nothing reported yet", Row.Style.FAINT);
    }
    Set<String> working = new HashSet<>();
    Map<String, Role> roles = new HashMap<>();
    view.nodes().forEach(node -> roles.put(node.id(), node.role()));
    Map<Role, Long> rates = new HashMap<>();
    for (GraphView.Link link : view.links()) {
      if (link.state() == Edge.State.ACTIVE) {
        working.add(link.helped());
        rates.merge(
            roles.getOrDefault(link.helped(), Role.EGRESS), link.bytesPerSecond(), Long::sum);
      }
    }
    long desktops = count(view, Role.DESKTOP);
    long helped =
        view.nodes().stream()
            .filter(node -> node.role() == Role.DESKTOP && working.contains(node.id()))
            .count();
    // Each byte passes both halves of the chain; the half that tells more counts.
    long rate = Math.max(rates.getOrDefault(Role.DESKTOP, 0L), rates.getOrDefault(Role.WIDGET, 0L));
    return Row.of(
        "%d of %d people helped, %s, %s, %s"
            .formatted(
                helped,
                desktops,
                several(count(view, Role.WIDGET), "widget"),
                several(count(view, Role.EGRESS), "exit"),
                RateText.of(rate)),
        Row.Style.PLAIN);
  }

  private static long count(GraphView view, Role role) {
    return view.nodes().stream().filter(node -> node.role() == role).count();
  }

  private static String several(long count, String noun) {
    return count + " " + noun + (count == 1 ? "" : "s");
  }

  private void addBand(Role role) {
    List<GraphView.Node> nodes =
        view.nodes().stream()
            .filter(node -> node.role() == role)
            .sorted(Comparator.comparing(names::name).thenComparing(GraphView.Node::id))
            .toList();
    if (nodes.isEmpty()) {
      return;
    }
    if (!rows.isEmpty()) {
      rows.add(Row.EMPTY);
    }
    rows.add(Row.of(BANDS.getOrDefault(role, ""), Row.Style.TITLE));
    nodes.forEach(this::addNode);
  }

  private void addNode(GraphView.Node node) {
    Row start =
        Row.of("  ", Row.Style.PLAIN)
            .and(label(node), node.reporting() ? Row.Style.PLAIN : Row.Style.FAINT);
    List<GraphView.Link> links =
        helpedBy.getOrDefault(node.id(), List.of()).stream()
            .sorted(
                Comparator.comparing((GraphView.Link link) -> link.state() != Edge.State.ACTIVE)
                    .thenComparing(link -> names.name(names.node(link.helper())))
                    .thenComparing(GraphView.Link::helper))
            .toList();
    if (links.isEmpty()) {
      rows.add(start.at(peerColumn - 5).and(services(node), Row.Style.FAINT));
    }
    for (GraphView.Link link : links) {
      rows.add(addLink(start, link));
      start = Row.EMPTY;
    }
  }

  private Row addLink(Row start, GraphView.Link link) {
    GraphView.Node helper = names.node(link.helper());
    Row.Style style = link.state() == Edge.State.ACTIVE ? Row.Style.ACTIVE : Row.Style.IDLE;
    Row row =
        start
            .at(peerColumn - 5)
            .and(GraphChanges.arrow(link), style)
            .at(peerColumn)
            .and(label(helper), helper.reporting() ? Row.Style.PLAIN : Row.Style.FAINT)
            .and(" " + NodeNames.role(helper), Row.Style.FAINT)
            .at(rateColumn)
            .and(GraphChanges.strength(link), style);
    return link.confirmed() ? row : row.and("  one end", Row.Style.FAINT);
  }

  private String services(GraphView.Node node) {
    List<GraphView.Link> active =
        helping.getOrDefault(node.id(), List.of()).stream()
            .filter(link -> link.state() == Edge.State.ACTIVE)
            .toList();
    if (!active.isEmpty()) {
      long rate = active.stream().mapToLong(GraphView.Link::bytesPerSecond).sum();
      return "helps " + active.size() + ", " + RateText.of(rate);
    }
    return helping.containsKey(node.id()) ? "stands by" : "alone";
  }

  /** With a question mark for who is known from its peers only. */
  private String label(GraphView.Node node) {
    return names.name(node) + (node.reporting() ? "" : " ?");
  }
}
