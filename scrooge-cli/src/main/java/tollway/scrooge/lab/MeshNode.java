// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge.lab;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tollway.control.ControlAbsentException;
import tollway.control.ControlClient;
import tollway.control.ControlQuestion;
import tollway.control.ControlRefusedException;
import tollway.identity.Identity;
import tollway.identity.IdentityFile;

/** A node of a mesh: its namespace, its files and its daemon. */
final class MeshNode {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final int number;
  private final Space space;
  private final Path directory;
  private final DaemonProgram program;
  private final Identity identity;
  private final List<String> extra = new ArrayList<>();
  private @Nullable Process daemon;

  MeshNode(int number, Space space, Path directory, DaemonProgram program, SecureRandom random)
      throws IOException {
    this.number = number;
    this.space = space;
    this.directory = directory;
    this.program = program;
    identity = Identity.generate(random);
    IdentityFile.create(directory.resolve("key"), identity);
  }

  int number() {
    return number;
  }

  String name() {
    return "n" + number;
  }

  Space space() {
    return space;
  }

  Path control() {
    return directory.resolve("control");
  }

  String key() {
    return identity.nodeId().base64();
  }

  /** Options of its daemon beside those that every daemon has. */
  void option(String name, String value) {
    extra.addAll(List.of(name, value));
  }

  /** Writes the program that sets the routes by a tunnel when it comes up. */
  void prepare(Layout layout, List<MeshNode> all) throws IOException {
    StringBuilder cases = new StringBuilder();
    for (int neighbor : layout.topology().neighbors(number)) {
      String device = layout.port(number, layout.shared(number, neighbor)).device();
      cases.append(all.get(neighbor - 1).key()).append(' ').append(device).append(") ");
      for (int reached : layout.reachedBy(number, neighbor)) {
        cases.append("route ").append(Layout.meshFour(reached)).append("/32; ");
        cases.append("route ").append(Layout.meshSix(reached)).append("/128; ");
      }
      cases.append(";;\n");
    }
    Path hook = directory.resolve("on-tunnel");
    Files.writeString(
        hook,
        """
        #!/bin/sh
        [ "$1" = up ] || exit 0
        tunnel=$2
        route() { ip route replace "$1" dev "$tunnel" || exit 1; }
        case "$3 $5" in
        %sesac
        """
            .formatted(cases.toString().replaceAll("(?m)^(\\S+) (\\S+)\\)", "'$1 $2')")));
    Files.setPosixFilePermissions(hook, PosixFilePermissions.fromString("rwx------"));
  }

  void start() throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "run",
                "-i",
                "eth*",
                "--address",
                Layout.meshFour(number) + "," + Layout.meshSix(number),
                "--key",
                directory.resolve("key").toString(),
                "--control",
                control().toString(),
                "--state",
                directory.resolve("state").toString(),
                "--on-tunnel",
                directory.resolve("on-tunnel").toString(),
                "--json"));
    arguments.addAll(extra);
    daemon =
        space.start(program.command(arguments), directory.resolve("out"), directory.resolve("log"));
  }

  boolean isAlive() {
    return daemon != null && daemon.isAlive();
  }

  /** Whether the daemon answers; a fault when it is dead. */
  boolean isReady() throws IOException {
    if (!isAlive()) {
      throw new IOException(name() + ": the daemon ended: " + lastLine());
    }
    return answer("status").isPresent();
  }

  void kill() throws InterruptedException {
    if (daemon != null) {
      daemon.destroyForcibly();
      daemon.waitFor();
    }
  }

  Optional<Integer> exitCode(int within) throws InterruptedException {
    return daemon != null && daemon.waitFor(within, TimeUnit.SECONDS)
        ? Optional.of(daemon.exitValue())
        : Optional.empty();
  }

  /** As if it were switched off and on: its key is all that is left, and the policy. */
  void forget() throws IOException {
    space.removeTunnels();
    Files.walkFileTree(directory.resolve("state"), new Removal());
  }

  /** The answer of the daemon; empty when there is none. */
  Optional<JsonObject> answer(String question) throws IOException {
    try {
      return Optional.of(ask(question, new JsonObject()));
    } catch (ControlAbsentException absent) {
      return Optional.empty();
    }
  }

  JsonObject ask(String question, JsonObject arguments) throws IOException {
    try (ControlClient client = ControlClient.connect(control(), PATIENCE)) {
      return client.ask(new ControlQuestion(question, arguments));
    } catch (ControlRefusedException refused) {
      throw new IOException(name() + " refuses '" + question + "': " + refused.getMessage());
    }
  }

  /** The neighbours with an open tunnel: key and link. */
  Set<String> openTunnels() throws IOException {
    TreeSet<String> open = new TreeSet<>();
    Optional<JsonObject> answer = answer("tunnels");
    if (answer.isPresent()) {
      for (JsonElement element : answer.get().getAsJsonArray("tunnels")) {
        JsonObject tunnel = element.getAsJsonObject();
        if (tunnel.get("state").getAsString().equals("TUNNEL")) {
          open.add(
              tunnel.get("publicKey").getAsString() + " " + tunnel.get("interface").getAsString());
        }
      }
    }
    return open;
  }

  /** Everybody it has heard of: key, link and control address. */
  Set<String> acquaintances() throws IOException {
    TreeSet<String> known = new TreeSet<>();
    for (JsonElement element : ask("neighbors", new JsonObject()).getAsJsonArray("neighbors")) {
      JsonObject one = element.getAsJsonObject();
      known.add(
          one.get("publicKey").getAsString()
              + " "
              + one.get("interface").getAsString()
              + " "
              + one.get("controlAddress").getAsString());
    }
    return known;
  }

  /** How many messages were turned away for one of these reasons. */
  long drops(List<String> reasons) throws IOException {
    JsonObject messages = ask("status", new JsonObject()).getAsJsonObject("messages");
    return reasons.stream()
        .filter(messages::has)
        .mapToLong(reason -> messages.get(reason).getAsLong())
        .sum();
  }

  /** The memory of the daemon, in bytes; 0 when it is dead. */
  long residentBytes() throws IOException {
    if (daemon == null) {
      return 0;
    }
    Path status = Path.of("/proc", String.valueOf(daemon.pid()), "status");
    for (String line : Files.readAllLines(status)) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
      }
    }
    return 0;
  }

  List<String> log() throws IOException {
    Path log = directory.resolve("log");
    return Files.exists(log)
        ? new String(Files.readAllBytes(log), StandardCharsets.UTF_8).lines().toList()
        : List.of();
  }

  private String lastLine() throws IOException {
    List<String> lines = log();
    return lines.isEmpty() ? "it said nothing" : lines.get(lines.size() - 1);
  }
}
