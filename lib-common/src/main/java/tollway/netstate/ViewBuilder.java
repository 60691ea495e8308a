// SPDX-License-Identifier: Apache-2.0
package tollway.netstate;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tollway.identity.NodeId;

/** Merges what the two ends of each connection say into one link, and names the nodes. */
final class ViewBuilder {
  private final PublicNames names;
  private final Map<NodeId, GraphView.Node> nodes = new HashMap<>();
  private final Map<Pair, Claim> claims = new HashMap<>();

  ViewBuilder(PublicNames names) {
    this.names = names;
  }

  /** The two ends of a connection, whichever of them reports it. */
  private record Pair(NodeId low, NodeId high) {
    static Pair of(NodeId one, NodeId other) {
      return one.compareTo(other) < 0 ? new Pair(one, other) : new Pair(other, one);
    }
  }

  /** What is said of a connection; active when either end says so. */
  private record Claim(Edge.State state, long rate, boolean confirmed) {
    Claim merge(Claim other) {
      boolean active = state == Edge.State.ACTIVE || other.state == Edge.State.ACTIVE;
      return new Claim(
          active ? Edge.State.ACTIVE : Edge.State.IDLE, Math.max(rate, other.rate), true);
    }
  }

  void add(NodeReport report) {
    Optional<NodeId> key =
        report.role() == Role.DESKTOP ? Optional.empty() : Optional.of(report.node());
    nodes.put(
        report.node(),
        new GraphView.Node(names.of(report.node()), report.role(), report.tag(), key, true));
    for (Edge edge : report.edges()) {
      claims.merge(
          Pair.of(report.node(), edge.peer()),
          new Claim(edge.state(), edge.bytesPerSecond(), false),
          Claim::merge);
      nodes.merge(edge.peer(), silent(edge), ViewBuilder::better);
    }
  }

  GraphView build(long version) {
    List<GraphView.Node> sortedNodes =
        nodes.values().stream()
            .sorted(
                Comparator.comparing(GraphView.Node::role)
                    .thenComparing(GraphView.Node::tag)
                    .thenComparing(GraphView.Node::id))
            .toList();
    List<GraphView.Link> links =
        claims.entrySet().stream()
            .map(entry -> link(entry.getKey(), entry.getValue()))
            .sorted(
                Comparator.comparing(GraphView.Link::helper).thenComparing(GraphView.Link::helped))
            .toList();
    return new GraphView(version, sortedNodes, links);
  }

  private GraphView.Node silent(Edge edge) {
    return new GraphView.Node(names.of(edge.peer()), edge.peerRole(), "", Optional.empty(), false);
  }

  /** A node's own word counts more than its peers'; of two peers the one that says less. */
  private static GraphView.Node better(GraphView.Node one, GraphView.Node other) {
    if (one.reporting() != other.reporting()) {
      return one.reporting() ? one : other;
    }
    return one.role().compareTo(other.role()) <= 0 ? one : other;
  }

  private GraphView.Link link(Pair pair, Claim claim) {
    GraphView.Node low = known(nodes.get(pair.low()));
    GraphView.Node high = known(nodes.get(pair.high()));
    boolean lowHelps = low.role().compareTo(high.role()) > 0;
    return new GraphView.Link(
        lowHelps ? low.id() : high.id(),
        lowHelps ? high.id() : low.id(),
        claim.state(),
        claim.rate(),
        claim.confirmed());
  }

  private static GraphView.Node known(GraphView.@Nullable Node node) {
    if (node == null) {
      throw new IllegalStateException("a link to a node that nobody named");
    }
    return node;
  }
}
