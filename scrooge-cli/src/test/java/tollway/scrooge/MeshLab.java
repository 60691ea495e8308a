// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tollway.identity.Identity;
import tollway.identity.IdentityFile;
import tollway.lab.Await;
import tollway.lab.JavaProcess;
import tollway.lab.Netns;
import tollway.tunnel.TunnelNames;

/**
 * Three nodes in a line, A – B – C, each a real daemon in a namespace of its own. Beside the
 * tunnels (10.77.0.x, fd77::x) the cables carry plain addresses, between which B would forward as
 * well.
 */
final class MeshLab implements AutoCloseable {
  final Node a;
  final Node b;
  final Node c;

  private final Path directory;
  private final Deque<Node> nodes = new ArrayDeque<>();

  MeshLab(Path directory) throws IOException {
    this.directory = directory;
    try {
      a = node("a", 1);
      b = node("b", 2);
      c = node("c", 3);
      a.netns.cable("ab", b.netns, "ba");
      b.netns.cable("bc", c.netns, "cb");
      a.plain("ab", "10.1.0.1/24", "fd01::1/64");
      b.plain("ba", "10.1.0.2/24", "fd01::2/64");
      b.plain("bc", "10.2.0.2/24", "fd02::2/64");
      c.plain("cb", "10.2.0.3/24", "fd02::3/64");
      a.netns.run("ip", "route", "add", "10.2.0.0/24", "via", "10.1.0.2");
      a.netns.run("ip", "route", "add", "fd02::/64", "via", "fd01::2");
      c.netns.run("ip", "route", "add", "10.1.0.0/24", "via", "10.2.0.2");
      c.netns.run("ip", "route", "add", "fd01::/64", "via", "fd02::2");
      b.netns.sysctl("net.ipv4.ip_forward", "1");
      b.netns.sysctl("net.ipv6.conf.all.forwarding", "1");
      a.routesTo(b, 2, 3);
      b.routesTo(a, 1);
      b.routesTo(c, 3);
      c.routesTo(b, 2, 1);
    } catch (IOException half) {
      close();
      throw half;
    }
  }

  private Node node(String name, int number) throws IOException {
    Node made = new Node(directory.resolve(name), number);
    nodes.push(made);
    return made;
  }

  void startAll() throws Exception {
    a.start("ab");
    b.start("b*");
    c.start("cb");
    awaitThrough();
  }

  /** Until A reaches C through B's tunnels. */
  void awaitThrough() throws Exception {
    Await.until("A reaches C through the tunnels", this::reachesThrough);
  }

  /** By both families; the source is A's address in the mesh, whatever way it goes. */
  boolean reachesThrough() throws IOException {
    return pings("10.77.0.1", "10.77.0.3") && pings("fd77::1", "fd77::3");
  }

  boolean reachesThroughAnyFamily() throws IOException {
    return pings("10.77.0.1", "10.77.0.3") || pings("fd77::1", "fd77::3");
  }

  private boolean pings(String from, String to) throws IOException {
    return a.netns.succeeds("ping", "-n", "-c", "1", "-W", "1", "-I", from, to);
  }

  /** Whether B forwards anything that did not come through a tunnel. */
  boolean reachesAround() throws IOException {
    return a.netns.pings("10.2.0.3") || a.netns.pings("fd02::3");
  }

  /** Whether B forwards all that did not come through a tunnel, IPv4 and IPv6. */
  boolean reachesAroundBothWays() throws IOException {
    return a.netns.pings("10.2.0.3") && a.netns.pings("fd02::3");
  }

  String links(Node node) {
    return node == a ? "ab" : node == b ? "ba,bc" : "cb";
  }

  String logs() throws IOException {
    StringBuilder all = new StringBuilder();
    for (Node node : nodes) {
      if (Files.exists(node.log)) {
        all.append(Files.readString(node.log));
      }
    }
    return all.toString();
  }

  @Override
  public void close() throws IOException {
    for (Node node : nodes) {
      node.close();
    }
  }

  /** A namespace with a daemon in it. */
  static final class Node implements AutoCloseable {
    final Netns netns;
    final Identity identity;
    final Path log;
    final Path control;
    final Path key;
    final Path state;
    private final Path directory;
    private final int number;
    private final List<String> options = new ArrayList<>();
    private @Nullable Process daemon;

    Node(Path directory, int number) throws IOException {
      this.directory = Files.createDirectories(directory);
      this.number = number;
      netns = Netns.create();
      log = directory.resolve("log");
      control = directory.resolve("control");
      identity = Identity.generate(new SecureRandom());
      state = directory.resolve("state");
      key = directory.resolve("key");
      IdentityFile.create(key, identity);
      writeHook();
    }

    /** The operator's program: routes as a file lists them for each neighbour. */
    private void writeHook() throws IOException {
      Path hook = directory.resolve("hook");
      Path routes = Files.createFile(directory.resolve("routes"));
      Files.writeString(
          hook,
          """
          #!/bin/sh
          [ "$1" = up ] || exit 0
          while read -r key route; do
            if [ "$key" = "$3" ]; then ip route replace "$route" dev "$2" || exit 1; fi
          done < '%s'
          """
              .formatted(routes));
      Files.setPosixFilePermissions(hook, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    void routesTo(Node neighbor, int... numbers) throws IOException {
      StringBuilder lines = new StringBuilder();
      for (int each : numbers) {
        lines.append(neighbor.identity.nodeId()).append(" 10.77.0.").append(each).append("/32\n");
        lines.append(neighbor.identity.nodeId()).append(" fd77::").append(each).append("/128\n");
      }
      Files.writeString(directory.resolve("routes"), lines, StandardOpenOption.APPEND);
    }

    void plain(String device, String four, String six) throws IOException {
      netns.run("ip", "address", "add", four, "dev", device);
      netns.run("ip", "address", "add", six, "dev", device, "nodad");
    }

    /** Node {@code number}'s address in the mesh is reached by the cables from now on. */
    void routeAround(int number, String viaFour, String viaSix) throws IOException {
      netns.run("ip", "route", "replace", "10.77.0." + number + "/32", "via", viaFour);
      netns.run("ip", "route", "delete", "fd77::" + number + "/128");
      netns.run("ip", "route", "add", "fd77::" + number + "/128", "via", viaSix);
    }

    /** What the daemon keeps beside its key. */
    void loseState() throws IOException {
      Files.delete(state.resolve("seqno"));
    }

    /** A command as a process of its own, which must succeed. */
    String says(String... command) throws IOException {
      return netns.run(scrooge(List.of(command)).toArray(new String[0]));
    }

    /** More options for the daemon, from its next start on. */
    Node with(String... more) {
      options.addAll(List.of(more));
      return this;
    }

    List<String> runArguments(String links) {
      List<String> arguments = new ArrayList<>(standardArguments(links));
      arguments.addAll(options);
      return arguments;
    }

    private List<String> standardArguments(String links) {
      return List.of(
          "run",
          "-i",
          links,
          "--address",
          "10.77.0." + number + ",fd77::" + number,
          "--key",
          key.toString(),
          "--control",
          control.toString(),
          "--state",
          state.toString(),
          "--on-tunnel",
          directory.resolve("hook").toString(),
          "--json");
    }

    void start(String links, String... more) throws Exception {
      startIn(List.of(), links, more);
    }

    /** Starts and does not wait. */
    void launch(String links) throws IOException {
      daemon = netns.start(log, Map.of(), scrooge(runArguments(links)).toArray(new String[0]));
    }

    /** {@code wrapper} is a command line that runs the one behind it. */
    void startIn(List<String> wrapper, String links, String... more) throws Exception {
      List<String> arguments = new ArrayList<>(runArguments(links));
      arguments.addAll(List.of(more));
      List<String> command = new ArrayList<>(wrapper);
      command.addAll(scrooge(arguments));
      daemon = netns.start(log, Map.of(), command.toArray(new String[0]));
      Await.until("the daemon answers", () -> ask("status").exitCode() == 0);
    }

    static List<String> scrooge(List<String> arguments) {
      List<String> command =
          JavaProcess.command("tollway.scrooge.ScroogeMain", arguments.toArray(new String[0]));
      command.add(1, "-Xmx128m"); // As much as a router may have.
      return command;
    }

    /** In this JVM: the control socket can be reached from every namespace. */
    Shell ask(String... command) {
      List<String> arguments = new ArrayList<>(List.of(command));
      arguments.addAll(List.of("--control", control.toString(), "--json"));
      return Shell.scrooge(arguments.toArray(new String[0]));
    }

    List<JsonObject> tunnels() {
      List<JsonObject> all = new ArrayList<>();
      JsonObject answer = JsonParser.parseString(ask("tunnel", "list").out()).getAsJsonObject();
      for (JsonElement tunnel : answer.getAsJsonArray("tunnels")) {
        all.add(tunnel.getAsJsonObject());
      }
      return all;
    }

    JsonObject status() {
      return JsonParser.parseString(ask("status").out()).getAsJsonObject();
    }

    boolean hasOpenTunnels(int count) {
      return tunnels().stream()
              .filter(tunnel -> tunnel.get("state").getAsString().equals("TUNNEL"))
              .count()
          == count;
    }

    void kill() throws Exception {
      Process running = Objects.requireNonNull(daemon);
      running.destroyForcibly();
      running.waitFor();
    }

    /** The exit code after SIGTERM. */
    int terminate() throws Exception {
      Process running = Objects.requireNonNull(daemon);
      running.destroy();
      return running.waitFor(20, TimeUnit.SECONDS) ? running.exitValue() : -1;
    }

    int awaitExit() throws Exception {
      Process running = Objects.requireNonNull(daemon);
      return running.waitFor(20, TimeUnit.SECONDS) ? running.exitValue() : -1;
    }

    /** A wireguard-go that is killed leaves its socket, which no namespace holds. */
    @Override
    public void close() throws IOException {
      if (daemon != null) {
        daemon.destroyForcibly();
        daemon.onExit().join();
      }
      List<String> tunnels =
          netns
              .run("ip", "-o", "link", "show")
              .lines()
              .map(line -> line.split("[:@]\\s*")[1])
              .filter(TunnelNames::isInterfaceName)
              .toList();
      netns.close();
      for (String each : tunnels) {
        Files.deleteIfExists(Path.of("/run/wireguard", each + ".sock"));
      }
    }
  }
}
