// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import tollway.lab.JavaProcess;

/** freddie, an egress, volunteers and a desktop as processes on loopback, and curl before them. */
final class Chain implements AutoCloseable {
  static final String FREDDIE = "tollway.freddie.FreddieMain";
  static final String EGRESS = "tollway.egress.EgressMain";

  private final Path directory;
  private final List<JavaProcess> processes = new ArrayList<>();
  private boolean withoutNatives;

  Chain(Path directory) {
    this.directory = directory;
  }

  /** Who is started from now on runs as where nobody has built native libraries, or not so. */
  void withoutNatives(boolean without) {
    withoutNatives = without;
  }

  JavaProcess freddie(String... more) throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of("serve", "--listen", "127.0.0.1:0", "--stun", "127.0.0.1:0", "--json"));
    arguments.addAll(List.of(more));
    return keep(JavaProcess.start(FREDDIE, arguments.toArray(String[]::new)));
  }

  /** Returns when it listens; its invite is in the ready event. */
  JavaProcess egress(String freddieUrl, String... more) throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--json",
                "--freddie",
                freddieUrl,
                "--state",
                directory.resolve("egress").toString()));
    arguments.addAll(List.of(more));
    return start(Map.of(), arguments);
  }

  JavaProcess widget(String invite, String tag, String... more) throws Exception {
    List<String> arguments =
        new ArrayList<>(List.of("widget", "--json", "--include-loopback", "--tag", tag));
    arguments.addAll(List.of(more));
    return start(Map.of("TOLLWAY_INVITE", invite), arguments);
  }

  JavaProcess desktop(String invite, String... more) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("desktop", "--json", "--include-loopback"));
    arguments.addAll(List.of(more));
    if (!arguments.contains("--listen")) {
      arguments.addAll(List.of("--listen", "127.0.0.1:0"));
    }
    return start(Map.of("TOLLWAY_INVITE", invite), arguments);
  }

  private JavaProcess start(Map<String, String> environment, List<String> arguments)
      throws IOException {
    String[] all = arguments.toArray(String[]::new);
    return keep(
        withoutNatives
            ? JavaProcess.startWithoutNatives(environment, EGRESS, all)
            : JavaProcess.start(List.of(), environment, EGRESS, all));
  }

  static String text(JsonObject event, String name) {
    return event.get(name).getAsString();
  }

  /** A port that was free a moment ago. */
  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      return socket.getLocalPort();
    }
  }

  /** What curl says and how it ended. */
  record Curl(int exitCode, String out) {}

  static Curl curl(String... arguments) throws Exception {
    return finish(startCurl(arguments));
  }

  static Process startCurl(String... arguments) throws IOException {
    return startCurl(List.of(), arguments);
  }

  /** Starts it behind {@code prefix}, such as ip netns exec. */
  static Process startCurl(List<String> prefix, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(List.of("curl", "-sS", "--max-time", "60"));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  static Curl finish(Process curl) throws Exception {
    String out = new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!curl.waitFor(90, TimeUnit.SECONDS)) {
      curl.destroyForcibly();
      throw new AssertionError("curl does not end");
    }
    return new Curl(curl.exitValue(), out);
  }

  /** A metric of an egress, by its name with labels. */
  static long metric(JavaProcess egress, String name) throws Exception {
    int port = egress.event("ready").get("port").getAsInt();
    for (String line : curl("http://127.0.0.1:" + port + "/metrics").out().split("\n")) {
      if (line.startsWith(name + " ")) {
        return Long.parseLong(line.substring(name.length() + 1));
      }
    }
    throw new AssertionError("no metric " + name);
  }

  /** The memory that a process has in use, as the kernel counts it. */
  static long residentKib(JavaProcess process) throws IOException {
    Path status = Path.of("/proc", String.valueOf(process.process().pid()), "status");
    for (String line : Files.readAllLines(status)) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    throw new AssertionError("no VmRSS in " + status);
  }

  static String sha256(Path file) throws Exception {
    MessageDigest sha = MessageDigest.getInstance("SHA-256");
    try (var in = Files.newInputStream(file)) {
      byte[] buffer = new byte[1 << 16];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        sha.update(buffer, 0, n);
      }
    }
    return HexFormat.of().formatHex(sha.digest());
  }

  private JavaProcess keep(JavaProcess process) {
    processes.add(process);
    return process;
  }

  @Override
  public void close() {
    processes.forEach(JavaProcess::kill);
    processes.forEach(JavaProcess::close);
  }
}
