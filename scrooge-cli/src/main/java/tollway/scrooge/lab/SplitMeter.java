// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge.lab;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Several nodes send more than one in the middle sells; how it divides what it sells. */
final class SplitMeter {
  private static final int PORT = 9098;
  private static final int PAYLOAD = 1200;
  private static final long START_MILLIS = 10_000; // Until the last virtual machine runs.
  private static final int HEADERS = 28; // IPv4 and UDP: the share counts packets.

  private final Scenario scenario;
  private final Mesh mesh;
  private final Stopwatch watch;
  private final Agents agents;

  SplitMeter(Scenario scenario, Mesh mesh, Stopwatch watch, Agents agents) {
    this.scenario = scenario;
    this.mesh = mesh;
    this.watch = watch;
    this.agents = agents;
  }

  void measure(Step.Split step) throws IOException, InterruptedException {
    Scenario.Setting setting =
        Optional.ofNullable(scenario.settings().get(step.through()))
            .orElseThrow(() -> new IOException("n" + step.through() + " sells nothing"));
    int share = setting.shareMbit().orElseThrow(() -> new IOException("no share to split"));
    long begun = System.nanoTime();
    JsonObject heard = send(step, share * 1000);
    JsonObject bySource = heard.getAsJsonObject("bySource");
    long total = 0;
    long weights = 0;
    for (int from : step.from()) {
      total += bytes(bySource, from);
      weights += weight(setting, from);
    }
    for (int from : step.from()) {
      double due = 100.0 * weight(setting, from) / weights;
      double got = total == 0 ? 0 : 100.0 * bytes(bySource, from) / total;
      String text = String.format(Locale.ROOT, "%.1f %% of the share, due %.1f %%", got, due);
      write(step, "n" + from + " gets " + text, begun, got, due);
    }
    double seconds = Math.max(heard.get("seconds").getAsDouble(), 0.001);
    double mbit = total * 8.0 * (PAYLOAD + HEADERS) / PAYLOAD / seconds / 1e6;
    String text = String.format(Locale.ROOT, "%.2f of %d Mbit/s pass", mbit, share);
    write(step, text, begun, mbit, share);
  }

  private void write(Step.Split step, String what, long begun, double got, double due) {
    double error = 100 * Math.abs(got - due) / due;
    boolean good = error <= step.tolerance();
    String detail = String.format(Locale.ROOT, "off by %.1f %%", error);
    watch.write("n" + step.through(), what, begun, good, good ? "" : detail);
  }

  /** Everybody offers all that there is. */
  private JsonObject send(Step.Split step, int kbit) throws IOException, InterruptedException {
    String seconds = String.valueOf(step.seconds());
    // All begin at once, and the first second, in which queues fill, does not count.
    long at = System.currentTimeMillis() + START_MILLIS;
    String after = String.valueOf(at + 1000);
    String patience = String.valueOf(step.seconds() + START_MILLIS / 1000 + 2);
    Space target = mesh.node(step.to()).space();
    List<Agents.Running> senders = new ArrayList<>();
    try (Agents.Running receiver =
        agents.begin(target, "receive", String.valueOf(PORT), patience, after)) {
      receiver.awaitReady();
      for (int from : step.from()) {
        senders.add(
            agents.begin(
                mesh.node(from).space(),
                "send",
                Layout.meshFour(from),
                Layout.meshFour(step.to()),
                String.valueOf(PORT),
                String.valueOf(kbit),
                seconds,
                String.valueOf(at)));
      }
      for (Agents.Running sender : senders) {
        sender.result(step.seconds() + 20);
      }
      return receiver.result(step.seconds() + 20);
    } finally {
      senders.forEach(Agents.Running::close);
    }
  }

  private static long bytes(JsonObject bySource, int from) {
    String address = Layout.meshFour(from);
    return bySource.has(address) ? bySource.getAsJsonObject(address).get("bytes").getAsLong() : 0;
  }

  private static int weight(Scenario.Setting setting, int neighbor) {
    return setting.weights().getOrDefault(neighbor, 1);
  }
}
