// SPDX-License-Identifier: Apache-2.0
package tollway.netstate;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tollway.identity.NodeId;

/** All that one node says about itself at one moment: its role, its tag and its connections. */
public record NodeReport(NodeId node, Role role, String tag, List<Edge> edges) {
  public static final int MAX_EDGES = 512;

  /** In bytes of UTF-8. */
  public static final int MAX_TAG_BYTES = 64;

  public NodeReport {
    edges = List.copyOf(edges);
    if (!isTag(tag)) {
      throw new IllegalArgumentException(
          "a tag has at most " + MAX_TAG_BYTES + " bytes and no control characters");
    }
    if (edges.size() > MAX_EDGES) {
      throw new IllegalArgumentException("a report has at most " + MAX_EDGES + " edges");
    }
    Set<NodeId> peers = new HashSet<>();
    for (Edge edge : edges) {
      if (edge.peer().equals(node)) {
        throw new IllegalArgumentException("an edge from a node to itself");
      }
      if (!peers.add(edge.peer())) {
        throw new IllegalArgumentException("two edges to one peer");
      }
    }
  }

  /** Whether {@code text} may be a tag: short, and safe to show on any screen. May be empty. */
  public static boolean isTag(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length <= MAX_TAG_BYTES
        && text.codePoints().allMatch(NodeReport::isHarmless);
  }

  /** {@code text} with a question mark for whatever would not be safe to show on a screen. */
  public static String harmless(String text) {
    return text.codePoints()
        .map(codePoint -> isHarmless(codePoint) ? codePoint : '?')
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /** Whether {@code other} shows the same connections in the same states, whatever the rates. */
  boolean sameShape(NodeReport other) {
    if (!node.equals(other.node)
        || role != other.role
        || !tag.equals(other.tag)
        || edges.size() != other.edges.size()) {
      return false;
    }
    for (int i = 0; i < edges.size(); i++) {
      if (!edges.get(i).sameShape(other.edges.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** Not what moves a cursor, breaks a line or turns the direction of what follows. */
  private static boolean isHarmless(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.UNASSIGNED ->
          false;
      case Character.FORMAT -> codePoint == 0x200d; // The joiner inside many emoji.
      default -> true;
    };
  }
}
