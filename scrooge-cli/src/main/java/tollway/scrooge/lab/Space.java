// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tollway.exec.Host;
import tollway.exec.HostCommand;
import tollway.tunnel.TunnelNames;

/** A network namespace. */
final class Space {
  private static final Path SOCKETS = Path.of("/run/wireguard");

  private final Host host;
  private final String name;

  Space(Host host, String name) {
    this.host = host;
    this.name = name;
  }

  String name() {
    return name;
  }

  /** Makes it. Without duplicate address detection a fresh cable is usable at once. */
  void create(boolean forwarding) throws IOException {
    host.run(List.of("ip", "netns", "add", name));
    String script =
        "ip link set lo up; cd /proc/sys/net"
            + "; for c in all default; do echo 0 > ipv6/conf/$c/accept_dad; done"
            + "; echo 0 > ipv6/conf/default/dad_transmits"
            + (forwarding ? "; echo 1 > ipv4/ip_forward; echo 1 > ipv6/conf/all/forwarding" : "");
    run("sh", "-ec", script);
  }

  /** Lines for {@code ip}, in one process. */
  void configure(List<String> lines) throws IOException {
    host.run(List.of("ip", "-n", name, "-batch", "-"), String.join("\n", lines) + "\n");
  }

  String run(String... command) throws IOException {
    return host.run(inside(List.of(command)));
  }

  HostCommand.Result attempt(String... command) throws IOException {
    return host.attempt(inside(List.of(command)), "");
  }

  /** Starts a process of its own; what it says is appended to the files. */
  Process start(List<String> command, Path out, Path err) throws IOException {
    return new ProcessBuilder(inside(command))
        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
        .redirectOutput(ProcessBuilder.Redirect.appendTo(out.toFile()))
        .redirectError(ProcessBuilder.Redirect.appendTo(err.toFile()))
        .start();
  }

  List<String> inside(List<String> command) {
    List<String> whole = new ArrayList<>(List.of("ip", "netns", "exec", name));
    whole.addAll(command);
    return whole;
  }

  List<String> devices() throws IOException {
    return host.run(List.of("ip", "-n", name, "-o", "link", "show"))
        .lines()
        .map(line -> line.split("[:@]\\s*")[1])
        .toList();
  }

  List<String> tunnels() throws IOException {
    return devices().stream().filter(TunnelNames::isInterfaceName).toList();
  }

  /** Ends the tunnels; a wireguard-go ends with its interface, unless it is dead already. */
  void removeTunnels() throws IOException {
    List<String> tunnels = tunnels();
    if (!tunnels.isEmpty()) {
      List<String> lines = tunnels.stream().map(each -> "link delete dev " + each).toList();
      host.attempt(
          List.of("ip", "-n", name, "-force", "-batch", "-"), String.join("\n", lines) + "\n");
    }
    for (String each : tunnels) {
      Files.deleteIfExists(SOCKETS.resolve(each + ".sock"));
    }
  }

  /** Ends whatever is inside, daemons before their tunnels, and then the namespace. */
  void remove() throws IOException {
    kill(true);
    removeTunnels();
    kill(false);
    HostCommand.Result result = host.attempt(List.of("ip", "netns", "delete", name), "");
    if (result.exitCode() != 0 && Files.exists(Path.of("/run/netns", name))) {
      throw new IOException(name + " stays: " + result.stderr().strip());
    }
  }

  private void kill(boolean sparingTunnels) throws IOException {
    String pids = host.attempt(List.of("ip", "netns", "pids", name), "").stdout();
    for (String pid : pids.split("\\s+")) {
      if (!pid.isEmpty()) {
        ProcessHandle.of(Long.parseLong(pid))
            .filter(process -> !sparingTunnels || !isTunnel(process))
            .ifPresent(ProcessHandle::destroyForcibly);
      }
    }
  }

  private static boolean isTunnel(ProcessHandle process) {
    return process.info().command().orElse("").endsWith("/wireguard-go");
  }
}
