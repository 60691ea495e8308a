// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge.lab;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The devices, addresses and routes of a topology; {@code scripts/core} computes the same. Between
 * two nodes one path is the best in both directions, as the reverse path check of tunnels wants it.
 */
public final class Layout {
  /**
   * What one hop costs; a link adds a power of two of its own, so that no two paths cost the same.
   */
  private static final long HOP = 1L << Topology.LINKS;

  private final Topology topology;

  public Layout(Topology topology) {
    this.topology = topology;
  }

  /** Where a node is plugged in. Links are numbered from 1, as in the addresses. */
  record Port(int node, int link, String device) {
    String four() {
      return "10.1." + link + "." + node;
    }

    String six() {
      return "fd01:0:0:" + link + "::" + node;
    }
  }

  static String meshFour(int node) {
    return "10.77.0." + node;
  }

  static String meshSix(int node) {
    return "fd77::" + node;
  }

  Topology topology() {
    return topology;
  }

  List<Integer> nodes() {
    return IntStream.rangeClosed(1, topology.nodes()).boxed().toList();
  }

  List<Port> ports(int node) {
    List<Port> ports = new ArrayList<>();
    for (int link = 1; link <= topology.links().size(); link++) {
      if (topology.links().get(link - 1).contains(node)) {
        ports.add(new Port(node, link, "eth" + ports.size()));
      }
    }
    return ports;
  }

  Port port(int node, int link) {
    return ports(node).stream().filter(port -> port.link() == link).findFirst().orElseThrow();
  }

  /** Whether the link is a switch rather than a cable. */
  boolean isSwitch(int link) {
    return topology.links().get(link - 1).size() > 2
        || topology.mallory().filter(theirs -> theirs == link).isPresent();
  }

  /** The first link that both are on. */
  int shared(int node, int neighbor) {
    for (int link = 1; link <= topology.links().size(); link++) {
      if (topology.links().get(link - 1).containsAll(List.of(node, neighbor))) {
        return link;
      }
    }
    throw new IllegalArgumentException(node + " and " + neighbor + " are no neighbours");
  }

  /** The neighbour of {@code from} by which {@code to} is reached. */
  int nextHop(int from, int to) {
    long[] costs = costs(to);
    int best = 0;
    long least = Long.MAX_VALUE;
    for (int neighbor : topology.neighbors(from)) {
      long cost = costs[neighbor] + cost(shared(from, neighbor));
      if (cost < least) {
        least = cost;
        best = neighbor;
      }
    }
    return best;
  }

  /** All nodes that {@code from} reaches by {@code neighbor}, itself included. */
  List<Integer> reachedBy(int from, int neighbor) {
    return nodes().stream()
        .filter(node -> node != from && nextHop(from, node) == neighbor)
        .toList();
  }

  /** From the first to the last, both included. */
  List<Integer> path(int from, int to) {
    List<Integer> path = new ArrayList<>(List.of(from));
    while (path.get(path.size() - 1) != to) {
      path.add(nextHop(path.get(path.size() - 1), to));
    }
    return path;
  }

  /** Two nodes that need a third to reach each other: first, middle, last. */
  List<List<Integer>> throughOne() {
    List<List<Integer>> paths = new ArrayList<>();
    for (int from : nodes()) {
      for (int to = from + 1; to <= topology.nodes(); to++) {
        List<Integer> path = path(from, to);
        if (path.size() == 3) {
          paths.add(path);
        }
      }
    }
    return paths;
  }

  /** Bellman and Ford; there are few links. */
  private long[] costs(int to) {
    long[] costs = new long[topology.nodes() + 1];
    Arrays.fill(costs, Long.MAX_VALUE / 2);
    costs[to] = 0;
    for (boolean changed = true; changed; ) {
      changed = false;
      for (int link = 1; link <= topology.links().size(); link++) {
        List<Integer> members = topology.links().get(link - 1);
        long least = members.stream().mapToLong(node -> costs[node]).min().orElseThrow();
        for (int node : members) {
          if (least + cost(link) < costs[node]) {
            costs[node] = least + cost(link);
            changed = true;
          }
        }
      }
    }
    return costs;
  }

  private static long cost(int link) {
    return HOP + (1L << (link - 1));
  }

  /** {@code ip route add …} lines for the plain addresses, in one family. */
  List<String> plainRoutes(int node, boolean six) {
    List<String> lines = new ArrayList<>();
    List<Integer> own = ports(node).stream().map(Port::link).toList();
    for (int other : nodes()) {
      if (other != node) {
        int via = nextHop(node, other);
        Port gateway = port(via, shared(node, via));
        for (Port port : ports(other)) {
          if (!own.contains(port.link())) {
            lines.add(
                six
                    ? port.six() + "/128 via " + gateway.six()
                    : port.four() + "/32 via " + gateway.four());
          }
        }
      }
    }
    return lines;
  }

  /** All of it, as {@code scrooge lab show} prints it. */
  public JsonObject json() {
    JsonArray nodes = new JsonArray();
    for (int node : nodes()) {
      nodes.add(json(node));
    }
    JsonArray switches = new JsonArray();
    for (int link = 1; link <= topology.links().size(); link++) {
      if (isSwitch(link)) {
        switches.add(link);
      }
    }
    JsonObject json = new JsonObject();
    json.add("nodes", nodes);
    json.add("switches", switches);
    topology.mallory().ifPresent(link -> json.addProperty("mallory", link));
    return json;
  }

  private JsonObject json(int node) {
    JsonArray ports = new JsonArray();
    for (Port port : ports(node)) {
      JsonObject one = new JsonObject();
      one.addProperty("device", port.device());
      one.addProperty("link", port.link());
      one.addProperty("four", port.four());
      one.addProperty("six", port.six());
      ports.add(one);
    }
    JsonObject tunnels = new JsonObject();
    for (int neighbor : topology.neighbors(node)) {
      JsonArray reached = new JsonArray();
      reachedBy(node, neighbor).forEach(reached::add);
      tunnels.add("n" + neighbor, reached);
    }
    JsonArray routes = new JsonArray();
    plainRoutes(node, false).forEach(routes::add);
    plainRoutes(node, true).forEach(routes::add);
    JsonObject json = new JsonObject();
    json.addProperty("name", "n" + node);
    json.addProperty("mesh", meshFour(node) + "," + meshSix(node));
    json.add("ports", ports);
    json.add("tunnels", tunnels);
    json.add("routes", routes);
    return json;
  }
}
