// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge.lab;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import tollway.scrooge.lab.Layout.Port;

/** What can be seen of a mesh from outside of its daemons, and what they say of themselves. */
final class Checks {
  private static final Path NOWHERE = Path.of("/dev/null");
  private static final int AT_ONCE = 8;

  private final Mesh mesh;

  Checks(Mesh mesh) {
    this.mesh = mesh;
  }

  /** Whether the node has an open tunnel to each neighbour on each link, and no other. */
  Optional<String> tunnels(MeshNode node) throws IOException {
    TreeSet<String> wanted = new TreeSet<>();
    for (Port port : mesh.layout().ports(node.number())) {
      for (int other : mesh.layout().topology().links().get(port.link() - 1)) {
        if (other != node.number()) {
          wanted.add(mesh.node(other).key() + " " + port.device());
        }
      }
    }
    Set<String> open = node.openTunnels();
    if (open.equals(wanted)) {
      return Optional.empty();
    }
    if (wanted.containsAll(open)) {
      return Optional.of(open.size() + " of " + wanted.size() + " tunnels are open");
    }
    return Optional.of("a tunnel with somebody who is no neighbour");
  }

  /** By both families; the sources are the node's addresses in the mesh. */
  Optional<String> reaches(int from, int to) throws IOException, InterruptedException {
    Map<String, List<String>> pings = mesh(from, to);
    List<String> answered = answered(pings);
    return answered.size() == pings.size()
        ? Optional.empty()
        : Optional.of("n" + from + " does not reach n" + to + " by " + missing(pings, answered));
  }

  /** What should not be: one family is enough. */
  Optional<String> reachesByAny(int from, int to) throws IOException, InterruptedException {
    Map<String, List<String>> pings = mesh(from, to);
    List<String> answered = answered(pings);
    return answered.isEmpty()
        ? Optional.empty()
        : Optional.of("n" + from + " reaches n" + to + " by " + answered);
  }

  private Map<String, List<String>> mesh(int from, int to) {
    Map<String, List<String>> pings = new LinkedHashMap<>();
    MeshNode node = mesh.node(from);
    pings.put("IPv4", ping(node, Layout.meshFour(to), "-I", Layout.meshFour(from)));
    pings.put("IPv6", ping(node, Layout.meshSix(to), "-I", Layout.meshSix(from)));
    return pings;
  }

  /** Pings by the cables along these paths; what is not as it should be. */
  Optional<String> around(List<List<Integer>> paths, boolean forwarded)
      throws IOException, InterruptedException {
    Map<String, List<String>> pings = new LinkedHashMap<>();
    for (List<Integer> path : paths) {
      int from = path.get(0);
      int to = path.get(2);
      Port port = mesh.layout().port(to, mesh.layout().shared(path.get(1), to));
      String what = "n" + from + " to n" + to + " around n" + path.get(1) + "'s tunnels";
      pings.put(what + " by IPv4", ping(mesh.node(from), port.four()));
      pings.put(what + " by IPv6", ping(mesh.node(from), port.six()));
    }
    List<String> answered = answered(pings);
    if (forwarded) {
      List<String> missing = missing(pings, answered);
      return missing.isEmpty() ? Optional.empty() : Optional.of("dropped: " + missing.get(0));
    }
    return answered.isEmpty() ? Optional.empty() : Optional.of("forwarded: " + answered.get(0));
  }

  private static List<String> missing(Map<String, List<String>> pings, List<String> answered) {
    return pings.keySet().stream().filter(what -> !answered.contains(what)).toList();
  }

  private static List<String> ping(MeshNode node, String target, String... options) {
    List<String> command = new ArrayList<>(List.of("ping", "-n", "-q", "-c", "1", "-W", "1"));
    command.addAll(List.of(options));
    command.add(target);
    return node.space().inside(command);
  }

  /** A few at a time: each waits a second for an answer that should not come. */
  private static List<String> answered(Map<String, List<String>> pings)
      throws IOException, InterruptedException {
    List<String> answered = new ArrayList<>();
    List<String> names = List.copyOf(pings.keySet());
    for (int next = 0; next < names.size(); next += AT_ONCE) {
      Map<String, Process> running = new LinkedHashMap<>();
      for (String name : names.subList(next, Math.min(next + AT_ONCE, names.size()))) {
        ProcessBuilder builder = new ProcessBuilder(pings.getOrDefault(name, List.of()));
        builder.redirectErrorStream(true).redirectOutput(NOWHERE.toFile());
        running.put(name, builder.start());
      }
      for (Map.Entry<String, Process> one : running.entrySet()) {
        if (one.getValue().waitFor(10, TimeUnit.SECONDS) && one.getValue().exitValue() == 0) {
          answered.add(one.getKey());
        }
        one.getValue().destroyForcibly();
      }
    }
    return answered;
  }

  /** Whether nothing of the daemon is left in its namespace. */
  Optional<String> nothingLeft(MeshNode node) throws IOException {
    List<String> tunnels = node.space().tunnels();
    if (!tunnels.isEmpty()) {
      return Optional.of("the tunnel " + tunnels.get(0) + " is left");
    }
    String tables = node.space().run("nft", "list", "tables").strip();
    return tables.isEmpty() ? Optional.empty() : Optional.of("'" + tables + "' is left");
  }
}
