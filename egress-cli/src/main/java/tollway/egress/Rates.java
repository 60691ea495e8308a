// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tollway.identity.NodeId;
import tollway.netstate.Edge;
import tollway.netstate.NodeReport;
import tollway.netstate.Role;
import tollway.pipeline.PeerSnapshot;

/** Turns what a role counts about its peers into edges with rates. On the role's loop. */
final class Rates {
  private final Map<NodeId, Long> before = new HashMap<>();
  private long measuredAt;

  Rates(long now) {
    measuredAt = now;
  }

  /** One edge for each peer, several connections with one peer taken together. */
  List<Edge> edges(List<PeerSnapshot> peers, Role peerRole, long now) {
    double seconds = Math.max(1e-3, (now - measuredAt) / 1e9);
    measuredAt = now;
    Map<NodeId, PeerSnapshot> together = new LinkedHashMap<>();
    for (PeerSnapshot peer : peers) {
      together.merge(
          peer.peer(),
          peer,
          (one, two) ->
              new PeerSnapshot(
                  one.peer(), one.active() || two.active(), one.bytes() + two.bytes()));
    }
    List<Edge> edges = new ArrayList<>();
    for (PeerSnapshot peer : together.values()) {
      if (edges.size() == NodeReport.MAX_EDGES) {
        break;
      }
      long moved = Math.max(0, peer.bytes() - before.getOrDefault(peer.peer(), 0L));
      edges.add(
          new Edge(
              peer.peer(),
              peerRole,
              peer.active() ? Edge.State.ACTIVE : Edge.State.IDLE,
              Math.min(Edge.MAX_RATE, Math.round(moved / seconds))));
    }
    before.clear();
    together.values().forEach(peer -> before.put(peer.peer(), peer.bytes()));
    return edges;
  }
}
