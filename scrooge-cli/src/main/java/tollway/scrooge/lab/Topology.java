// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Who is cabled to whom. Nodes are numbered from 1. A link of two nodes is a cable, of more a
 * switch. Mallory, where there is one, stands on a link that is a switch for her sake.
 */
public record Topology(
    String shape, int nodes, List<List<Integer>> links, Optional<Integer> mallory) {
  static final int NODES = 48;
  static final int LINKS = 48;

  public Topology {
    List<List<Integer>> copies = new ArrayList<>();
    links.forEach(link -> copies.add(List.copyOf(link)));
    links = List.copyOf(copies);
  }

  static List<List<Integer>> line(int nodes) {
    return IntStream.range(1, nodes).mapToObj(node -> List.of(node, node + 1)).toList();
  }

  static List<List<Integer>> ring(int nodes) {
    List<List<Integer>> links = new ArrayList<>(line(nodes));
    links.add(List.of(1, nodes));
    return links;
  }

  /** Node 1 is the middle. */
  static List<List<Integer>> star(int nodes) {
    return IntStream.rangeClosed(2, nodes).mapToObj(node -> List.of(1, node)).toList();
  }

  static List<List<Integer>> grid(int nodes, int columns) {
    List<List<Integer>> links = new ArrayList<>();
    for (int node = 1; node <= nodes; node++) {
      if (node % columns != 0 && node < nodes) {
        links.add(List.of(node, node + 1));
      }
      if (node + columns <= nodes) {
        links.add(List.of(node, node + columns));
      }
    }
    return links;
  }

  static List<List<Integer>> hub(int nodes) {
    return List.of(IntStream.rangeClosed(1, nodes).boxed().toList());
  }

  /** Whether every node can be reached from the first. */
  boolean isConnected() {
    List<Integer> reached = new ArrayList<>(List.of(1));
    for (int i = 0; i < reached.size(); i++) {
      for (int neighbor : neighbors(reached.get(i))) {
        if (!reached.contains(neighbor)) {
          reached.add(neighbor);
        }
      }
    }
    return reached.size() == nodes;
  }

  /** How many tunnels all nodes have together, each counted at both ends. */
  long tunnelEnds() {
    return links.stream().mapToLong(link -> (long) link.size() * (link.size() - 1)).sum();
  }

  /** In ascending order. */
  public List<Integer> neighbors(int node) {
    return links.stream()
        .filter(link -> link.contains(node))
        .flatMap(List::stream)
        .filter(other -> other != node)
        .distinct()
        .sorted()
        .toList();
  }
}
