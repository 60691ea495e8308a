// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import tollway.lab.Await;
import tollway.lab.JavaProcess;
import tollway.lab.Netns;
import tollway.scrooge.MeshLab.Node;
import tollway.tunnel.TunnelNames;

/**
 * A and D send through B, to C and E: in by two tunnels, out by two others. Real daemons, tunnels
 * and queues; B's share is 10 Mbit/s, more than either sender gets and less than both want.
 */
final class SharesIT {
  private static final long WANTED_KBIT = 12_000;
  private static final double SHARE_KBIT = 10_000;

  @TempDir private Path directory;
  private final Deque<Node> nodes = new ArrayDeque<>();
  private final List<Process> loads = new ArrayList<>();
  private @Nullable Node madeA;
  private @Nullable Node madeB;
  private @Nullable Node madeC;
  private @Nullable Node madeD;
  private @Nullable Node madeE;

  @BeforeEach
  void build() throws Exception {
    Netns.require("ip", "tc", "nft", "ping", "wireguard-go");
    madeA = node("a", 1);
    madeB = node("b", 2);
    madeC = node("c", 3);
    madeD = node("d", 4);
    madeE = node("e", 5);
    for (Node end : List.of(a(), c(), d(), e())) {
      String name = names().get(end);
      end.netns.cable(name + "b", b().netns, "b" + name);
      end.routesTo(b(), 1, 2, 3, 4, 5);
    }
    b().routesTo(a(), 1);
    b().routesTo(c(), 3);
    b().routesTo(d(), 4);
    b().routesTo(e(), 5);
  }

  private Node node(String name, int number) throws IOException {
    Node made = new Node(directory.resolve(name), number);
    nodes.push(made);
    return made;
  }

  private Node a() {
    return Objects.requireNonNull(madeA);
  }

  private Node b() {
    return Objects.requireNonNull(madeB);
  }

  private Node c() {
    return Objects.requireNonNull(madeC);
  }

  private Node d() {
    return Objects.requireNonNull(madeD);
  }

  private Node e() {
    return Objects.requireNonNull(madeE);
  }

  private Map<Node, String> names() {
    return Map.of(a(), "a", c(), "c", d(), "d", e(), "e");
  }

  @AfterEach
  void tearDown(TestInfo test) throws IOException {
    loads.forEach(Process::destroyForcibly);
    for (Node each : nodes) {
      if (Files.exists(each.log)) {
        System.err.println(test.getDisplayName() + "\n" + Files.readString(each.log));
      }
      each.close();
    }
  }

  private void startAll(String... more) throws Exception {
    b().start("b*", more);
    a().start("ab");
    c().start("cb");
    d().start("db");
    e().start("eb");
    awaitThrough();
  }

  private void awaitThrough() throws Exception {
    Await.until("A reaches C", () -> pings(a(), "10.77.0.1", "10.77.0.3"));
    Await.until("D reaches E", () -> pings(d(), "10.77.0.4", "10.77.0.5"));
  }

  private static boolean pings(Node from, String own, String to) throws IOException {
    return from.netns.succeeds("ping", "-n", "-c", "1", "-W", "1", "-I", own, to);
  }

  private Process load(Node in, String... arguments) throws IOException {
    List<String> command = JavaProcess.command("tollway.scrooge.UdpLoad", arguments);
    command.add(1, "-Xmx16m");
    Process started = in.netns.start(in.log, Map.of(), command.toArray(new String[0]));
    loads.add(started);
    return started;
  }

  private void sinks() throws IOException {
    load(c(), "sink");
    load(e(), "sink");
  }

  private Process sends(Node from, String to) throws IOException {
    return load(from, "send", to, Long.toString(WANTED_KBIT));
  }

  private static void end(Process load) throws Exception {
    load.destroyForcibly();
    load.waitFor();
  }

  private void says(String... command) {
    Shell said = b().ask(command);
    assertThat(said.exitCode()).as(said.err()).isZero();
  }

  private static String tunnel(Node node) {
    return node.tunnels().get(0).get("tunnel").getAsString();
  }

  /** What C and E received from now on, in kbit/s, over about three seconds. */
  private double[] received() throws Exception {
    String atC = tunnel(c());
    String atE = tunnel(e());
    long beforeC = bytes(c(), atC);
    long beforeE = bytes(e(), atE);
    long begun = System.nanoTime();
    Await.until("three seconds have passed", () -> System.nanoTime() - begun > 3_000_000_000L);
    double millis = (System.nanoTime() - begun) / 1e6;
    return new double[] {
      (bytes(c(), atC) - beforeC) * 8 / millis, (bytes(e(), atE) - beforeE) * 8 / millis
    };
  }

  private static long bytes(Node node, String tunnel) throws IOException {
    return Long.parseLong(
        node.netns.run("cat", "/sys/class/net/" + tunnel + "/statistics/rx_bytes").strip());
  }

  private static String key(Node node) {
    return node.identity.nodeId().base64();
  }

  @Test
  void neighboursGetWhatTheirWeightsSayAcrossDifferentTunnels() throws Exception {
    startAll("--share", "40%", "--uplink", "25mbit");
    says("weight", key(a()), "3");
    says("weight", key(d()).substring(0, 20), "1");
    sinks();
    Process fromA = sends(a(), "10.77.0.3");
    Process fromD = sends(d(), "10.77.0.5");
    double[] kbit = settledRatio(3);
    assertThat(kbit[0] / kbit[1]).as("3:1").isBetween(2.5, 3.5);
    assertThat(kbit[0] + kbit[1]).as("the cap").isBetween(0.85 * SHARE_KBIT, 1.06 * SHARE_KBIT);

    JsonObject qos = JsonParser.parseString(b().ask("qos", "show").out()).getAsJsonObject();
    for (JsonElement each : qos.getAsJsonArray("neighbors")) {
      JsonObject neighbor = each.getAsJsonObject();
      if (neighbor.get("publicKey").getAsString().equals(key(a()))) {
        // C and E have a weight of 1 as well, and use nothing of it.
        assertThat(neighbor.get("promisedKbit").getAsLong()).isEqualTo(5_000);
        assertThat(neighbor.get("dueKbit").getAsDouble()).isBetween(7_000.0, 7_500.0);
        assertThat(neighbor.get("deliveredKbit").getAsDouble()).isBetween(5_000.0, 9_000.0);
        assertThat(neighbor.get("drops").getAsLong()).isPositive();
      }
    }

    says("weight", key(a()), "1");
    says("weight", key(d()), "3");
    kbit = settledRatio(1 / 3.0);
    assertThat(kbit[1] / kbit[0]).as("1:3, without a restart").isBetween(2.5, 3.5);

    end(fromD);
    Await.until("what D leaves is A's", () -> received()[0] > 0.9 * SHARE_KBIT);
    assertThat(received()[0]).as("and not more").isLessThan(1.06 * SHARE_KBIT);

    // While A's class is full, and weights, floors and the share change all the time.
    Path log = Files.createFile(directory.resolve("pings"));
    Process pinging =
        d().netns
            .start(
                log,
                Map.of(),
                "ping",
                "-n",
                "-q",
                "-i",
                "0.05",
                "-c",
                "100",
                "-I",
                "10.77.0.4",
                "10.77.0.5");
    for (int each = 0; each < 5; each++) {
      says("weight", key(d()), Integer.toString(1 + each));
      says("weight", key(a()), "2", "--floor", "2mbit");
      says("share", each % 2 == 0 ? "30%" : "40%");
    }
    pinging.waitFor();
    String pings = Files.readString(log);
    assertThat(pings).contains("100 packets transmitted, 100 received");
    Matcher average = Pattern.compile("= [0-9.]+/([0-9.]+)/").matcher(pings);
    assertThat(average.find()).isTrue();
    assertThat(Double.parseDouble(average.group(1))).as("ms of D's pings").isLessThan(60);

    says("share", "off");
    Await.until("no bound any more", () -> received()[0] > 1.1 * SHARE_KBIT);
    end(fromA);
    assertThat(b().terminate()).isZero();
    assertThat(b().netns.run("ip", "-o", "link", "show")).doesNotContain("ti");
    assertThat(b().netns.run("nft", "list", "tables")).isEmpty();
  }

  /** Once it has settled, on a machine that may be busy. */
  private double[] settledRatio(double wanted) throws Exception {
    double[][] kbit = new double[1][];
    Await.until(
        "a ratio of about " + wanted,
        () -> {
          kbit[0] = received();
          double ratio = kbit[0][0] / kbit[0][1] / wanted;
          return ratio > 2.5 / 3 && ratio < 3.5 / 3;
        });
    return kbit[0];
  }

  @Test
  void sharesOutliveAKilledDaemonAndMeddlers() throws Exception {
    String[] options = {"--share", "10mbit", "--ingress-limit", "6mbit"};
    startAll(options);
    String device = TunnelNames.sharingDevice(b().identity.nodeId().key());
    String index = index(device);
    b().kill();
    assertThat(classes(device)).isEqualTo(4);
    assertThat(pings(a(), "10.77.0.1", "10.77.0.3")).as("without a daemon").isTrue();
    b().start("b*", options);
    Await.until("all classes are there again", () -> classes(device) == 4);
    assertThat(index(device)).as("taken over, not made again").isEqualTo(index);
    awaitThrough();

    b().netns.run("ip", "link", "delete", "dev", device);
    b().netns.run("nft", "delete", "table", "inet", "tollway_ingress");
    Await.until("somebody's deletion is repaired", () -> exists(device) && classes(device) == 4);
    awaitThrough();
    sinks();
    Process fromA = sends(a(), "10.77.0.3");
    Await.until("A hands in 6 Mbit/s at most", () -> received()[0] > 5_000);
    assertThat(received()[0]).isLessThan(6_600);
    end(fromA);

    c().netns.run("ip", "link", "delete", "dev", "cb");
    Await.until("C's class is gone with its tunnel", () -> classes(device) == 3);
    says("weight", key(d()), "2", "--ceil", "4mbit");
    b().kill();
    b().start("b*");
    assertThat(exists(device)).as("no share is wanted any more").isFalse();
    says("share", "8mbit");
    b().kill();
    b().start("b*");
    Await.until("what was said is remembered", () -> classes(device) == 3);
    assertThat(b().netns.run("tc", "class", "show", "dev", device))
        .contains("class htb 1:1 parent 1:fff0 rate 8Mbit ceil 8Mbit")
        .contains("rate 4Mbit ceil 4Mbit");
    assertThat(b().netns.run("nft", "list", "tables")).doesNotContain("ingress");
    assertThat(b().terminate()).isZero();
  }

  private boolean exists(String device) throws IOException {
    return b().netns.succeeds("ip", "link", "show", "dev", device);
  }

  private String index(String device) throws IOException {
    return b().netns.run("cat", "/sys/class/net/" + device + "/ifindex");
  }

  /** How many neighbours have a class. */
  private long classes(String device) throws IOException {
    return b().netns
        .attempt("", "tc", "class", "show", "dev", device)
        .stdout()
        .lines()
        .filter(line -> line.contains(" parent 1:1 "))
        .count();
  }
}
