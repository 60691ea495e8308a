// SPDX-License-Identifier: Apache-2.0
package tollway.netstated;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tollway.netstate.Edge;
import tollway.netstate.GraphView;

/** What happened between two graphs, a line each; rates that merely changed are no news. */
final class GraphChanges {
  private final GraphView before;
  private final GraphView after;
  private final NodeNames oldNames;
  private final NodeNames newNames;
  private final List<String> lines = new ArrayList<>();

  private GraphChanges(GraphView before, GraphView after) {
    this.before = before;
    this.after = after;
    this.oldNames = new NodeNames(before);
    this.newNames = new NodeNames(after);
  }

  static List<String> between(GraphView before, GraphView after) {
    GraphChanges changes = new GraphChanges(before, after);
    changes.compareNodes();
    changes.compareLinks();
    changes.sayWhoLeft();
    return changes.lines;
  }

  private void compareNodes() {
    Map<String, GraphView.Node> known = new HashMap<>();
    before.nodes().forEach(node -> known.put(node.id(), node));
    for (GraphView.Node node : after.nodes()) {
      GraphView.Node old = known.get(node.id());
      String now = newNames.nameWithRole(node);
      if (old == null) {
        lines.add(now + " came");
      } else if (!oldNames.nameWithRole(old).equals(now)) {
        lines.add(oldNames.nameWithRole(old) + " is now " + now);
      }
    }
  }

  private void compareLinks() {
    Map<String, GraphView.Link> known = new HashMap<>();
    before.links().forEach(link -> known.put(pair(link), link));
    for (GraphView.Link link : after.links()) {
      GraphView.Link old = known.remove(pair(link));
      if (old == null || old.state() != link.state()) {
        lines.add(describe(newNames, link, arrow(link), strength(link)));
      }
    }
    before.links().stream()
        .filter(link -> known.containsKey(pair(link)))
        .forEach(link -> lines.add(describe(oldNames, link, "-x-", "parted")));
  }

  private void sayWhoLeft() {
    Set<String> present = new HashSet<>();
    after.nodes().forEach(node -> present.add(node.id()));
    before.nodes().stream()
        .filter(node -> !present.contains(node.id()))
        .forEach(node -> lines.add(oldNames.nameWithRole(node) + " left"));
  }

  /** Drawn from who is helped to the helper, as requests go. */
  static String arrow(GraphView.Link link) {
    return link.state() == Edge.State.ACTIVE ? "==>" : "-->";
  }

  static String strength(GraphView.Link link) {
    return link.state() == Edge.State.ACTIVE ? RateText.of(link.bytesPerSecond()) : "idle";
  }

  private static String describe(
      NodeNames names, GraphView.Link link, String arrow, String strength) {
    return String.join(
        " ",
        names.nameWithRole(names.node(link.helped())),
        arrow,
        names.nameWithRole(names.node(link.helper())),
        strength);
  }

  private static String pair(GraphView.Link link) {
    return link.helper() + " " + link.helped();
  }
}
