// SPDX-License-Identifier: Apache-2.0
package tollway.neighbor;

import tollway.identity.NodeId;

/** One neighbour on one link; met on two links, it is two neighbours with a tunnel each. */
public record NeighborId(NodeId node, String link) {
  @Override
  public String toString() {
    return node.brief() + "…%" + link;
  }
}
