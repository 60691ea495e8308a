// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge.lab;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The first node of a path sends what belongs into a tunnel by the cable instead: the middle one
 * would pass it on by its next tunnel.
 */
final class Detour {
  private final Mesh mesh;
  private final List<Integer> path;

  Detour(Mesh mesh, List<Integer> path) {
    this.mesh = mesh;
    this.path = path;
  }

  Optional<String> fault(Checks checks) throws IOException, InterruptedException {
    int from = path.get(0);
    int to = path.get(2);
    Layout.Port gateway = mesh.layout().port(path.get(1), mesh.layout().shared(from, path.get(1)));
    Space space = mesh.node(from).space();
    String tunnel = tunnel(space, Layout.meshFour(to));
    String four = Layout.meshFour(to) + "/32";
    String six = Layout.meshSix(to) + "/128";
    space.configure(
        List.of(
            "route replace " + four + " via " + gateway.four(),
            "route delete " + six,
            "route add " + six + " via " + gateway.six()));
    try {
      return checks.reachesByAny(from, to);
    } finally {
      space.configure(
          List.of(
              "route replace " + four + " dev " + tunnel,
              "route delete " + six,
              "route add " + six + " dev " + tunnel));
    }
  }

  private static String tunnel(Space space, String address) throws IOException {
    String route = space.run("ip", "route", "get", address);
    String[] words = route.split("\\s+");
    for (int i = 0; i + 1 < words.length; i++) {
      if (words[i].equals("dev")) {
        return words[i + 1];
      }
    }
    throw new IOException("no route to " + address + ": " + route.strip());
  }
}
