// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tollway.identity.Identity;
import tollway.identity.NodeId;
import tollway.lab.Await;
import tollway.loop.NettyLoops;

/**
 * New sessions at an egress, which is a process of its own, as {@code egress serve} is. Two lines
 * of JSON: what peers that fall silent cost those who come after them, and how many sessions a
 * second there are over paths with a round trip of 100 ms. All desktops are in this process, real
 * sessions over real WebSockets; the cores of the machine are shared by both, so the CPU time that
 * each needs for a session is told too. Arguments: seconds for each of the two (15), how many
 * sessions are being opened at any time in the second (256).
 */
public final class SessionRush implements AutoCloseable {
  private static final int CORES = Math.max(2, Runtime.getRuntime().availableProcessors());

  /** One half never proves who it is, the other attaches, says hello and answers nothing. */
  private static final int SILENT = 50;

  private static final Duration WINDOW = Duration.ofSeconds(3);
  private static final Duration WARM_UP = Duration.ofSeconds(8);
  private static final Duration ONE_WAY = Duration.ofMillis(50);
  private static final int UPLINKS = 8;
  private static final int TOGETHER = 256;
  private static final double MOST_DELAY_MS = 20;
  private static final double LEAST_RATE = 500;

  private final Process process;
  private final NodeId egress;
  private final int port;
  private final NettyLoops loops = new NettyLoops(CORES);

  private SessionRush() throws Exception {
    ProcessBuilder serve =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-Xss512k",
            "-cp",
            System.getProperty("java.class.path"),
            SessionRush.class.getName(),
            "serve");
    process = serve.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    JsonObject ready =
        JsonParser.parseString(process.inputReader(StandardCharsets.UTF_8).readLine())
            .getAsJsonObject();
    egress = NodeId.parse(ready.get("node").getAsString());
    port = ready.get("port").getAsInt();
  }

  public static void main(String[] arguments) throws Exception {
    if (arguments.length > 0 && arguments[0].equals("serve")) {
      serve();
      return;
    }
    int seconds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 15;
    int together = arguments.length > 1 ? Integer.parseInt(arguments[1]) : TOGETHER;
    try (SessionRush rush = new SessionRush()) {
      System.out.println(rush.silentPeers(seconds));
      System.out.println(rush.rate(together, seconds));
    }
  }

  /** The egress, until nobody holds its standard input any more. */
  private static void serve() throws Exception {
    Identity identity = Identity.generate(new SecureRandom());
    try (NettyLoops loops = new NettyLoops(CORES);
        EgressServer server =
            EgressServer.start(
                loops,
                identity,
                EgressCycles.onLoopback(new DialPolicy(true, Set.of(), own -> false)))) {
      JsonObject ready = new JsonObject();
      ready.addProperty("node", identity.nodeId().base64());
      ready.addProperty("port", server.address().getPort());
      System.out.println(ready);
      while (System.in.read() >= 0) {
        // Nothing is ever said.
      }
    }
  }

  private Uplink uplink() throws Exception {
    return new Uplink(loops.next(), port).awaitUp();
  }

  /** One after the other comes, in turns with and without the silent ones. */
  private JsonObject silentPeers(int seconds) throws Exception {
    List<Double> without = new ArrayList<>();
    List<Double> with = new ArrayList<>();
    try (Uplink near = uplink()) {
      System.err.println("bench: warming up");
      new Newcomers(egress).come(List.of(near), 1, WARM_UP);
      for (long ran = 0; ran < seconds; ran += 2 * WINDOW.toSeconds()) {
        System.err.println("bench: " + SILENT + " silent peers, " + ran + " of " + seconds + " s");
        without.addAll(new Newcomers(egress).come(List.of(near), 1, WINDOW).took());
        List<Uplink> silent = new ArrayList<>();
        List<Uplink.Person> hushed = new ArrayList<>();
        for (int i = 0; i < SILENT; i++) {
          Uplink each = uplink();
          silent.add(each);
          if (i % 2 == 0) {
            each.openSilently();
          } else {
            hushed.add(each.onLoop(() -> each.personWhoSays(egress, 1)));
          }
        }
        Await.until("the silent ones are there", () -> gauge("sessions") >= hushed.size());
        with.addAll(new Newcomers(egress).come(List.of(near), 1, WINDOW).took());
        if (gauge("sessions") < hushed.size() || gauge("volunteers") < silent.size()) {
          throw new IllegalStateException("the silent ones did not stay");
        }
        silent.forEach(Uplink::close);
        Await.until("nobody is there", () -> gauge("sessions") == 0);
      }
    }
    JsonObject line = new JsonObject();
    line.addProperty("benchmark", "sessions beside silent peers");
    line.addProperty("silent", SILENT);
    line.addProperty("sessions", with.size());
    double p50 = percentile(with, 50) - percentile(without, 50);
    double p95 = percentile(with, 95) - percentile(without, 95);
    line.addProperty("without_p50_ms", rounded(percentile(without, 50)));
    line.addProperty("without_p95_ms", rounded(percentile(without, 95)));
    line.addProperty("with_p50_ms", rounded(percentile(with, 50)));
    line.addProperty("with_p95_ms", rounded(percentile(with, 95)));
    line.addProperty("more_p50_ms", rounded(p50));
    line.addProperty("more_p95_ms", rounded(p95));
    line.addProperty("goal_ms", MOST_DELAY_MS);
    line.addProperty("met", p50 <= MOST_DELAY_MS && p95 <= MOST_DELAY_MS);
    return line;
  }

  private JsonObject rate(int together, int seconds) throws Exception {
    List<Uplink> uplinks = new ArrayList<>();
    for (int i = 0; i < UPLINKS; i++) {
      uplinks.add(uplink().distant(ONE_WAY));
    }
    System.err.println("bench: " + together + " at a time over 100 ms, warming up");
    new Newcomers(egress).come(uplinks, together, WARM_UP);
    System.err.println("bench: " + seconds + " s of that");
    long begun = System.nanoTime();
    double theirs = cpuMillis(process.toHandle());
    double ours = cpuMillis(ProcessHandle.current());
    Newcomers.Result result =
        new Newcomers(egress).come(uplinks, together, Duration.ofSeconds(seconds));
    theirs = cpuMillis(process.toHandle()) - theirs;
    ours = cpuMillis(ProcessHandle.current()) - ours;
    double took = (System.nanoTime() - begun) / 1e9;
    uplinks.forEach(Uplink::close);
    int count = result.took().size();
    JsonObject line = new JsonObject();
    line.addProperty("benchmark", "new sessions");
    line.addProperty("path_rtt_ms", 2 * ONE_WAY.toMillis());
    line.addProperty("at_a_time", together);
    line.addProperty("sessions", count);
    line.addProperty("failed", result.failed());
    line.addProperty("per_s", rounded(count / took));
    line.addProperty("goal_per_s", LEAST_RATE);
    line.addProperty("met", count / took >= LEAST_RATE && result.failed() == 0);
    line.addProperty("p50_ms", rounded(percentile(result.took(), 50)));
    line.addProperty("p95_ms", rounded(percentile(result.took(), 95)));
    line.addProperty("egress_cpu_ms_each", rounded(theirs / Math.max(1, count)));
    line.addProperty("desktop_cpu_ms_each", rounded(ours / Math.max(1, count)));
    line.addProperty("cores", CORES);
    line.addProperty("cores_used", rounded((theirs + ours) / 1e3 / took));
    return line;
  }

  private long gauge(String name) throws IOException, InterruptedException {
    URI page = URI.create("http://127.0.0.1:" + port + "/metrics");
    String text =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.ofString())
            .body();
    return text.lines()
        .filter(line -> line.startsWith("egress_" + name + " "))
        .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(' ') + 1)))
        .findFirst()
        .orElseThrow();
  }

  private static double cpuMillis(ProcessHandle which) {
    return which.info().totalCpuDuration().orElseThrow().toNanos() / 1e6;
  }

  private static double percentile(List<Double> values, int percent) {
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get((int) Math.min(sorted.size() - 1L, sorted.size() * (long) percent / 100));
  }

  private static double rounded(double value) {
    return Math.round(value * 100) / 100.0;
  }

  @Override
  public void close() {
    loops.close();
    process.destroyForcibly();
  }
}
