// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tollway.exec.Host;
import tollway.scrooge.lab.Layout.Port;

/**
 * A layout in network namespaces: one for each node and each switch, and Mallory's. Their names
 * begin with the lab's; inside, devices have the names of the layout, so no two labs collide.
 */
final class Mesh {
  private final Host host;
  private final String lab;
  private final Layout layout;
  private final Path directory;
  private final List<MeshNode> nodes = new ArrayList<>();

  /** {@code directory} is the lab's own, and empty. */
  Mesh(Host host, String lab, Layout layout, Path directory) {
    this.host = host;
    this.lab = lab;
    this.layout = layout;
    this.directory = directory;
  }

  void build(Scenario scenario, DaemonProgram program) throws IOException {
    SecureRandom random = new SecureRandom();
    for (int number : layout.nodes()) {
      Space space = new Space(host, lab + "-n" + number);
      space.create(true);
      Path own = Files.createDirectory(directory.resolve("n" + number));
      nodes.add(new MeshNode(number, space, own, program, random));
    }
    for (int link = 1; link <= layout.topology().links().size(); link++) {
      plug(link);
    }
    if (layout.topology().mallory().isPresent()) {
      attachMallory(layout.topology().mallory().get());
    }
    for (MeshNode node : nodes) {
      node.space().configure(addresses(node.number()));
      node.prepare(layout, nodes);
      Optional.ofNullable(scenario.settings().get(node.number()))
          .flatMap(Scenario.Setting::shareMbit)
          .ifPresent(share -> node.option("--share", share + "mbit"));
    }
  }

  private void plug(int link) throws IOException {
    List<Port> ports =
        layout.topology().links().get(link - 1).stream()
            .map(node -> layout.port(node, link))
            .toList();
    if (!layout.isSwitch(link)) {
      cable(space(ports.get(0)), ports.get(0).device(), space(ports.get(1)), ports.get(1).device());
      return;
    }
    Space hub = hub(link);
    hub.create(false);
    // Nothing to learn: frames go to all, as on the air.
    hub.configure(List.of("link add br0 type bridge ageing_time 0", "link set dev br0 up"));
    for (Port port : ports) {
      connect(port, hub);
    }
  }

  private void connect(Port port, Space hub) throws IOException {
    String device = "p" + port.node();
    cable(space(port), port.device(), hub, device);
    hub.configure(
        List.of("link set dev " + device + " master br0", "link set dev " + device + " up"));
  }

  private void attachMallory(int link) throws IOException {
    Space mallory = mallory().orElseThrow();
    mallory.create(false);
    cable(mallory, "eth0", hub(link), "mallory");
    hub(link).configure(List.of("link set dev mallory master br0", "link set dev mallory up"));
    mallory.configure(List.of("link set dev eth0 up"));
  }

  private void cable(Space here, String device, Space there, String other) throws IOException {
    host.run(
        List.of(
            "ip",
            "link",
            "add",
            device,
            "netns",
            here.name(),
            "type",
            "veth",
            "peer",
            "name",
            other,
            "netns",
            there.name()));
  }

  private List<String> addresses(int node) {
    List<String> lines = new ArrayList<>();
    for (Port port : layout.ports(node)) {
      lines.add("link set dev " + port.device() + " up");
      lines.add("address add " + port.four() + "/24 dev " + port.device());
      lines.add("address add " + port.six() + "/64 dev " + port.device() + " nodad");
    }
    for (String route : layout.plainRoutes(node, false)) {
      lines.add("route add " + route);
    }
    for (String route : layout.plainRoutes(node, true)) { // The address tells ip the family.
      lines.add("route add " + route);
    }
    return lines;
  }

  private Space space(Port port) {
    return node(port.node()).space();
  }

  private Space hub(int link) {
    return new Space(host, lab + "-h" + link);
  }

  Optional<Space> mallory() {
    return layout.topology().mallory().map(link -> new Space(host, lab + "-m"));
  }

  Layout layout() {
    return layout;
  }

  Path directory() {
    return directory;
  }

  List<MeshNode> nodes() {
    return List.copyOf(nodes);
  }

  MeshNode node(int number) {
    return nodes.get(number - 1);
  }
}
