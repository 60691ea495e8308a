// SPDX-License-Identifier: Apache-2.0
package tollway.netstated;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import tollway.netstate.GraphView;

/** What the nodes of one graph are called on a screen: by their tags, told apart where needed. */
final class NodeNames {
  private static final int ID_CHARS = 5;

  private final Map<String, GraphView.Node> nodes = new HashMap<>();
  private final Map<String, Integer> uses = new HashMap<>();

  NodeNames(GraphView view) {
    for (GraphView.Node node : view.nodes()) {
      nodes.put(node.id(), node);
      uses.merge(node.tag(), 1, Integer::sum);
    }
  }

  GraphView.Node node(String id) {
    return Objects.requireNonNull(nodes.get(id)); // A graph links its own nodes only.
  }

  /** The tag, and the beginning of the id where the tag alone does not tell. */
  String name(GraphView.Node node) {
    boolean alone = !node.tag().isBlank() && uses.getOrDefault(node.tag(), 0) == 1;
    String id = node.id().substring(0, Math.min(ID_CHARS, node.id().length()));
    return alone ? node.tag() : node.tag().strip() + "#" + id;
  }

  String nameWithRole(GraphView.Node node) {
    String silent = node.reporting() ? "" : ", not reporting";
    return name(node) + " (" + role(node) + silent + ")";
  }

  static String role(GraphView.Node node) {
    return node.role().name().toLowerCase(Locale.ROOT);
  }
}
