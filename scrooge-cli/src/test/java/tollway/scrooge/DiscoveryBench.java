// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import tollway.lab.JavaProcess;
import tollway.lab.Netns;
import tollway.scrooge.HubLab.Heard;
import tollway.scrooge.MeshLab.Node;

/**
 * How fast real daemons find each other, and what a flood does to one. Arguments: {@code discovery
 * [RUNS]}, or {@code flood [SECONDS [DATAGRAMS-A-SECOND]]}. Needs root.
 */
final class DiscoveryBench {
  private static final int HUB = 12;
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private DiscoveryBench() {}

  public static void main(String[] arguments) throws Exception {
    Netns.require("ip", "nft", "ping", "wireguard-go");
    Path directory = Files.createTempDirectory("tollway-bench");
    try {
      if (arguments[0].equals("flood")) {
        flood(
            directory,
            arguments.length > 1 ? Integer.parseInt(arguments[1]) : 60,
            arguments.length > 2 ? Integer.parseInt(arguments[2]) : 20_000);
      } else {
        two(directory.resolve("two"), arguments.length > 1 ? Integer.parseInt(arguments[1]) : 10);
        hub(directory.resolve("hub"));
      }
    } finally {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(each);
        }
      }
    }
  }

  /** A second node starts beside one that runs: until each knows that the other hears it. */
  private static void two(Path directory, int runs) throws Exception {
    List<Long> millis = new ArrayList<>();
    for (int run = 0; run < runs; run++) {
      try (HubLab lab = new HubLab(directory.resolve("run" + run), 2)) {
        lab.nodes.get(0).start("eth");
        // The first has said its quick hellos; the second must be found all the same.
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(3));
        Node second = lab.nodes.get(1);
        second.launch("eth");
        long ready = awaitReady(second);
        await(lab::isComplete);
        millis.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - ready));
      }
    }
    Collections.sort(millis);
    print("two_confirmed_median_ms", millis.get(millis.size() / 2), 1000);
    print("two_confirmed_max_ms", millis.get(millis.size() - 1), 1000);
  }

  /** All start at once: from when the last is ready. */
  private static void hub(Path directory) throws Exception {
    try (HubLab lab = new HubLab(directory, HUB)) {
      for (Node node : lab.nodes) {
        node.launch("eth");
      }
      long ready = 0;
      for (Node node : lab.nodes) {
        ready = awaitReady(node);
      }
      await(lab::isComplete);
      print("hub_of_12_confirmed_ms", (System.nanoTime() - ready) / 1e6, 3000);
      Heard until = lab.heard();
      print("hub_of_12_datagrams_until_then", until.toAll() / (HUB - 1.0) + until.toOne(), 0);
      LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(5));
      Heard before = lab.heard();
      LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(20));
      Heard heard = lab.heard().minus(before);
      double hellos = heard.toAll() / (HUB - 1.0);
      print("hub_of_12_confirms_per_hello", heard.toOne() / hellos, HUB - 1);
    }
  }

  /** A third on the switch shouts; the other two keep their tunnel. */
  private static void flood(Path directory, int seconds, int rate) throws Exception {
    try (MeshLab lab = new MeshLab(directory)) {
      lab.a.start("ab");
      lab.b.start("b*");
      await(() -> lab.a.hasOpenTunnels(1) && lab.b.hasOpenTunnels(1));
      LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(5));
      long before = residentKib(lab.b);
      long most = before;
      Path log = Files.createFile(directory.resolve("noise"));
      Process noise =
          lab.c.netns.start(
              log,
              Map.of(),
              JavaProcess.command(
                      "tollway.scrooge.Noise", "cb", String.valueOf(seconds * rate), "" + rate)
                  .toArray(new String[0]));
      int asked = 0;
      int up = 0;
      while (!noise.waitFor(1, TimeUnit.SECONDS)) {
        asked++;
        up += lab.b.hasOpenTunnels(1) && lab.b.ask("status").exitCode() == 0 ? 1 : 0;
        most = Math.max(most, residentKib(lab.b));
      }
      print("datagrams_per_second", Double.parseDouble(Files.readString(log).strip()), rate);
      print("resident_growth_mib", (most - before) / 1024.0, 32);
      print("good_neighbour_up_percent", asked == 0 ? 0 : 100.0 * up / asked, 100);
      JsonObject messages = lab.b.status().getAsJsonObject("messages");
      messages.addProperty("benchmark", "flood");
      System.out.println(messages);
    }
  }

  private static long residentKib(Node node) throws IOException {
    String pid = node.status().get("pid").getAsString();
    for (String line : Files.readAllLines(Path.of("/proc", pid, "status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    throw new IOException("no VmRSS");
  }

  /** When it said so, in steady nanoseconds. */
  private static long awaitReady(Node node) throws Exception {
    await(() -> Files.exists(node.log) && Files.readString(node.log).contains("\"ready\""));
    return System.nanoTime();
  }

  /** Something that becomes true. */
  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void await(Condition condition) throws Exception {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("not within " + LIMIT.toSeconds() + " s");
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
    }
  }

  /** {@code target} 0: there is none. */
  private static void print(String what, double measured, double target) {
    JsonObject line = new JsonObject();
    line.addProperty("benchmark", "discovery");
    line.addProperty("what", what);
    line.addProperty("measured", Math.round(measured * 10) / 10.0);
    if (target > 0) {
      line.addProperty("target", target);
    }
    System.out.println(line);
  }
}
