// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tollway.cli.ExitCode;
import tollway.control.ControlRefusedException;
import tollway.identity.NodeId;
import tollway.neighbor.Neighbor;
import tollway.neighbor.NeighborId;
import tollway.neighbor.Neighborhood;

/** Whom an operator means by {@code KEY}, the beginning of one, or {@code KEY%INTERFACE}. */
final class NeighborNames {
  private final Neighborhood neighborhood;

  NeighborNames(Neighborhood neighborhood) {
    this.neighborhood = neighborhood;
  }

  /** One neighbour, on all its links or on the named one; those with closed tunnels as well. */
  List<NeighborId> find(String name) throws ControlRefusedException {
    int percent = name.indexOf('%');
    String key = percent < 0 ? name : name.substring(0, percent);
    String link = percent < 0 ? "" : name.substring(percent + 1);
    Set<NeighborId> known = new LinkedHashSet<>();
    neighborhood.snapshot().stream().map(Neighbor::id).forEach(known::add);
    known.addAll(neighborhood.closed().keySet());
    List<NeighborId> found = new ArrayList<>();
    Set<NodeId> nodes = new LinkedHashSet<>();
    for (NeighborId id : known) {
      if (!key.isEmpty() && id.node().base64().startsWith(key)) {
        nodes.add(id.node());
        if (link.isEmpty() || id.link().equals(link)) {
          found.add(id);
        }
      }
    }
    if (nodes.size() > 1) {
      throw new ControlRefusedException(
          ExitCode.USAGE, nodes.size() + " neighbours' keys begin with '" + key + "'");
    }
    if (found.isEmpty()) {
      throw new ControlRefusedException(
          ExitCode.FAILED,
          nodes.isEmpty()
              ? "no neighbour's key begins with '" + key + "': 'scrooge neighbors' lists them"
              : "that neighbour is not on '" + link + "'");
    }
    return found;
  }
}
