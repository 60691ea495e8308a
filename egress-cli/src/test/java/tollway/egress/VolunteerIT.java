// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.control.ControlClient;
import tollway.control.ControlQuestion;
import tollway.lab.Await;
import tollway.lab.JavaProcess;
import tollway.lab.Said;

/** A volunteer's limits hold, over the whole chain, and change while it runs. */
final class VolunteerIT {
  @TempDir private Path directory;

  private Origin origin;
  private Chain chain;
  private String invite;
  private Owner anna;

  @BeforeEach
  void startServers() throws Exception {
    origin = new Origin();
    chain = new Chain(directory);
    String freddie = Chain.text(chain.freddie().event("ready"), "url");
    JavaProcess exit =
        chain.egress(freddie, "--allow-private", "--control", directory.resolve("e").toString());
    invite = Chain.text(exit.event("ready"), "invite");
    anna = new Owner(directory.resolve("anna"));
  }

  @AfterEach
  void stopEverything() {
    chain.close();
    origin.close();
  }

  private JavaProcess widget(String... more) throws Exception {
    String[] all = new String[more.length + 4];
    System.arraycopy(more, 0, all, 0, more.length);
    all[more.length] = "--control";
    all[more.length + 1] = anna.socket().toString();
    all[more.length + 2] = "--state";
    all[more.length + 3] = directory.resolve("anna-state").toString();
    return chain.widget(invite, "anna", all);
  }

  private JavaProcess desktop() throws Exception {
    return chain.desktop(invite, "--control", directory.resolve("d").toString());
  }

  private static String proxyOf(JavaProcess desktop) throws Exception {
    desktop.event("connected");
    return Chain.text(desktop.event("listening"), "proxy");
  }

  private String url(String path) {
    return "http://127.0.0.1:" + origin.port() + path;
  }

  /** Downloads so many MiB. */
  private void download(String proxy, int blocks) throws Exception {
    Chain.Curl done =
        Chain.curl("-x", "http://" + proxy, "-o", "/dev/null", url("/blob/" + blocks));
    assertThat(done.exitCode()).isZero();
  }

  /** What the volunteer passes on while {@code more} bytes come, after the next {@code skipped}. */
  private double relayedASecond(long skipped, long more) throws Exception {
    long first = relayedPast(relayedPast(0) + skipped);
    long begun = System.nanoTime();
    long last = relayedPast(first + more);
    return (last - first) / ((System.nanoTime() - begun) / 1e9);
  }

  private long relayedPast(long bytes) throws Exception {
    long[] seen = new long[1];
    Await.until(
        bytes + " bytes have passed",
        Duration.ofSeconds(60),
        () -> {
          seen[0] = anna.status().getAsJsonObject("relayed").get("downBytes").getAsLong();
          return seen[0] >= bytes;
        });
    return seen[0];
  }

  @Test
  void theRateHoldsAndChangesWhileItRuns() throws Exception {
    widget("--rate", "16mbit").event("ready");
    String proxy = proxyOf(desktop());
    Process curl = Chain.startCurl("-x", "http://" + proxy, url("/blob/500"), "-o", "/dev/null");
    // Never more; how much less is the machine's affair, beyond what tells one rate from another.
    assertThat(relayedASecond(2_000_000, 10_000_000)).isBetween(1e6, 2.1e6);
    anna.asks("widget", "set", "--rate", "64mbit", "--rate-per-person", "32mbit");
    assertThat(relayedASecond(2_000_000, 20_000_000)).isBetween(2.2e6, 4.2e6);
    curl.destroyForcibly();
    JsonObject none = anna.asks("widget", "set", "--rate", "none", "--rate-per-person", "none");
    assertThat(none.getAsJsonObject("limits").has("rate")).isFalse();
    download(proxy, 30);
    JsonObject slot = anna.status().getAsJsonArray("slots").get(0).getAsJsonObject();
    assertThat(slot.get("downBytes").getAsLong()).isGreaterThan(62_000_000L);
    assertThat(slot.get("quietSeconds").getAsLong()).isLessThan(10);
    Await.until(
        "nothing more comes",
        () -> anna.status().getAsJsonObject("people").get("idle").getAsInt() == 1);
  }

  @Test
  void aPauseEndsEverythingAtOnceAndResumeBegins() throws Exception {
    JavaProcess widget = widget("--rate", "16mbit");
    widget.event("ready");
    JavaProcess desktop = desktop();
    String proxy = proxyOf(desktop);
    Path file = directory.resolve("file");
    Process curl = Chain.startCurl("-x", "http://" + proxy, url("/blob/60"), "-o", file.toString());
    Await.until("some came", () -> Files.exists(file) && Files.size(file) > 1 << 20);
    JsonObject paused;
    long took;
    // Without the command line, whose classes take their time to load here.
    try (ControlClient client = ControlClient.connect(anna.socket(), Duration.ofSeconds(5))) {
      client.ask(ControlQuestion.of("status"));
      long begun = System.nanoTime();
      paused = client.ask(ControlQuestion.of("pause"));
      took = System.nanoTime() - begun;
    }
    assertThat(paused.get("standing").getAsString()).isEqualTo("paused");
    assertThat(paused.get("people").getAsInt()).isZero();
    assertThat(Duration.ofNanos(took)).as("off").isLessThan(Duration.ofMillis(500));
    Await.until(
        "the desktop knows",
        Duration.ofSeconds(2),
        () -> new Owner(directory.resolve("d")).status().getAsJsonArray("paths").isEmpty());
    JsonObject status = anna.status();
    assertThat(status.get("why").getAsString()).isEqualTo("paused by its owner");
    assertThat(status.getAsJsonObject("ended").get("withdrawn").getAsInt()).isEqualTo(1);
    assertThat(anna.asks("widget", "resume").get("standing").getAsString()).isEqualTo("open");
    anna.asks("widget", "set", "--rate", "none");
    assertThat(Chain.finish(curl)).as("it goes on").isEqualTo(new Chain.Curl(0, ""));
    assertThat(Chain.sha256(file)).isEqualTo(Origin.sha256(60));
  }

  @Test
  void whoDrainsKeepsThoseWhoAreHereAndTakesNobody() throws Exception {
    widget("--slots", "1").event("ready");
    JavaProcess desktop = desktop();
    String proxy = proxyOf(desktop);
    assertThat(anna.asks("widget", "drain").get("people").getAsInt()).isEqualTo(1);
    download(proxy, 5);
    JavaProcess other = chain.desktop(invite, "--wait", "4s");
    assertThat(other.exitCode()).isEqualTo(3);
    assertThat(String.join("\n", other.out())).contains("no volunteer for this egress");
    anna.asks("widget", "set", "--slots", "2");
    anna.asks("widget", "resume");
    chain.desktop(invite).event("connected");
    JsonObject fewer = anna.asks("widget", "set", "--slots", "1");
    assertThat(fewer.get("people").getAsInt()).as("fewer slots send nobody away").isEqualTo(2);
    download(proxy, 5);
  }

  @Test
  void aQuotaOutlivesAKillAndEndsTheHelp() throws Exception {
    JavaProcess widget = widget("--quota-day", "30M", "--quota-month", "1G");
    widget.event("ready");
    JavaProcess desktop = desktop();
    String proxy = proxyOf(desktop);
    download(proxy, 10);
    JsonObject relayed = anna.status().getAsJsonObject("relayed");
    long truth = relayed.get("todayBytes").getAsLong();
    assertThat(truth)
        .isEqualTo(relayed.get("upBytes").getAsLong() + relayed.get("downBytes").getAsLong());
    assertThat(truth).isGreaterThan(10 << 20);
    widget.kill();
    widget.process().waitFor();
    JavaProcess again = widget("--quota-day", "30M");
    again.event("ready");
    long after = anna.status().getAsJsonObject("relayed").get("todayBytes").getAsLong();
    assertThat(after).isBetween(truth, truth + 1_000_000);
    Process curl = Chain.startCurl("-x", "http://" + proxy, url("/blob/60"), "-o", "/dev/null");
    Await.until(
        "the quota is used",
        Duration.ofSeconds(40),
        () -> anna.status().get("standing").getAsString().equals("quota_day"));
    curl.destroyForcibly();
    JsonObject used = anna.status();
    assertThat(used.getAsJsonObject("relayed").get("todayBytes").getAsLong())
        .isBetween(30_000_000L, 30_040_000L);
    assertThat(used.get("why").getAsString()).isEqualTo("today's quota is used up");
    assertThat(again.stop()).isZero();
    JavaProcess third = widget("--quota-day", "30M");
    assertThat(Chain.text(third.event("waiting"), "why")).contains("quota");
    assertThat(anna.asks("widget", "set", "--quota-day", "none").get("standing").getAsString())
        .isEqualTo("open");
  }

  @Test
  void aQuotaMayComeLaterAndIsCountedInOnePlace() throws Exception {
    widget().event("ready");
    assertThat(anna.status().getAsJsonObject("relayed").has("todayBytes")).isFalse();
    anna.asks("widget", "set", "--quota-month", "20M");
    String proxy = proxyOf(desktop());
    download(proxy, 3);
    assertThat(anna.status().getAsJsonObject("relayed").get("monthBytes").getAsLong())
        .isGreaterThan(3 << 20);
    JavaProcess second =
        chain.widget(
            invite,
            "bert",
            "--quota-day",
            "1G",
            "--state",
            directory.resolve("anna-state").toString());
    assertThat(second.exitCode()).isEqualTo(2);
    assertThat(second.err()).singleElement().asString().contains("choose another --state");
  }

  @Test
  void aMeteredConnectionIsLeftAloneUnlessTold() throws Exception {
    Path busctl = Files.createDirectories(directory.resolve("bin")).resolve("busctl");
    Files.writeString(busctl, "#!/bin/sh\necho 'u 1'\n");
    Files.setPosixFilePermissions(busctl, PosixFilePermissions.fromString("rwx------"));
    String path = busctl.getParent() + ":" + System.getenv("PATH");
    JavaProcess widget =
        JavaProcess.start(
            List.of(),
            Map.of("TOLLWAY_INVITE", invite, "PATH", path),
            Chain.EGRESS,
            "widget",
            "--json",
            "--include-loopback",
            "--control",
            anna.socket().toString());
    try (widget) {
      assertThat(Chain.text(widget.event("waiting"), "why")).contains("metered");
      assertThat(anna.status().get("standing").getAsString()).isEqualTo("metered");
      anna.asks("widget", "set", "--metered", "ignore");
      widget.event("ready");
    }
  }

  @Test
  void everyDaemonTellsHowItIsAndStopsWhenTold() throws Exception {
    JavaProcess widget = widget("--schedule", "00:00-24:00");
    widget.event("ready");
    JavaProcess desktop = desktop();
    String proxy = proxyOf(desktop);
    download(proxy, 1);
    Owner exit = new Owner(directory.resolve("e"));
    Owner user = new Owner(directory.resolve("d"));
    JsonObject out = exit.status();
    assertThat(out.get("role").getAsString()).isEqualTo("serve");
    assertThat(out.get("sessions").getAsInt()).isEqualTo(1);
    assertThat(out.get("downBytes").getAsLong()).isGreaterThan(1 << 20);
    JsonObject path = user.status().getAsJsonArray("paths").get(0).getAsJsonObject();
    assertThat(path.get("state").getAsString()).isEqualTo("active");
    assertThat(path.get("receivedBytes").getAsLong()).isGreaterThan(1 << 20);
    assertThat(path.get("rttMillis").getAsDouble()).isPositive();
    for (Owner each : List.of(exit, user, anna)) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(each.socket())))
          .isEqualTo("rw-------");
      Said text = each.says("status");
      assertThat(text.exitCode()).isZero();
      assertThat(text.out()).contains("uptime").doesNotContain(String.valueOf(origin.port()));
      assertThat(each.says("events", "--wait", "100ms").exitCode()).isZero();
    }
    assertThat(anna.says("status").out())
        .contains("SLOTS:".toLowerCase(java.util.Locale.ROOT), "up");
    Said script =
        Owner.run(
            Map.of(),
            "widget set --slots 7\nstatus\n",
            "shell",
            "--control",
            anna.socket().toString());
    assertThat(script.out()).contains("slots 7");
    assertThat(script.err()).isEmpty();
    JavaProcess second = chain.widget(invite, "bert", "--control", anna.socket().toString());
    assertThat(second.exitCode()).isEqualTo(2);
    assertThat(second.err()).singleElement().asString().contains("another with --control");
    for (Owner each : List.of(user, anna, exit)) {
      assertThat(each.says("stop").exitCode()).isZero();
      assertThat(Files.exists(each.socket())).isFalse();
    }
    assertThat(desktop.exitCode() + widget.exitCode()).isZero();
    assertThat(anna.says("status").exitCode()).isEqualTo(3);
  }
}
