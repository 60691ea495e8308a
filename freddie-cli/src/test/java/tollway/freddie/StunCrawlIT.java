// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.crawl.ScriptedServer;
import tollway.lab.Await;
import tollway.lab.JavaProcess;
import tollway.lab.NatLab;
import tollway.lab.Netns;

/** An Internet of our own, with STUN servers of all kinds in 45.9.4.0/22, and crawls of it. */
final class StunCrawlIT {
  private static final String RANGE = "45.9.7.0/24";

  @TempDir Path directory;

  private final List<AutoCloseable> open = new ArrayList<>();
  private Netns internet;
  private Netns crawler;
  private Path list;

  @BeforeEach
  void build() throws IOException {
    Netns.require("ip", "nft");
    list = directory.resolve("stun.jsonl");
    internet = Netns.create();
    open.add(internet);
    crawler = Netns.create();
    open.add(crawler);
    crawler.cable("wan", internet, "hub");
    crawler.run("ip", "address", "add", "10.9.0.2/24", "dev", "wan");
    internet.run("ip", "address", "add", "10.9.0.1/24", "dev", "hub");
    crawler.run("ip", "route", "add", "default", "via", "10.9.0.1");
    // All addresses are there, and who has no server says nothing.
    internet.run("ip", "route", "add", "local", "45.9.4.0/22", "dev", "lo");
    internet.run(
        "nft",
        "add table ip c; add chain ip c in { type filter hook input priority 0; };"
            + " add counter ip c probes;"
            + " add rule ip c in udp dport 3478 counter name probes;"
            + " add chain ip c out { type filter hook output priority 0; };"
            + " add rule ip c out icmp type destination-unreachable drop");
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private Process serve(Netns where, String... kindsAndAddresses) throws Exception {
    Path log = directory.resolve("servers" + open.size() + "-" + System.nanoTime());
    List<String> command = JavaProcess.command(ScriptedServer.class.getName(), kindsAndAddresses);
    Process process = where.start(log, Map.of(), command.toArray(String[]::new));
    Await.until("servers", () -> Files.exists(log) && Files.readString(log).contains("open"));
    return process;
  }

  private static JavaProcess freddie(Netns where, String... arguments) throws IOException {
    return JavaProcess.start(where.prefix(), Map.of(), FreddieMain.class.getName(), arguments);
  }

  private JavaProcess crawl(String... more) throws IOException {
    List<String> words = new ArrayList<>(List.of("stun", "crawl", "--out", list.toString()));
    words.addAll(List.of(more));
    return freddie(crawler, words.toArray(String[]::new));
  }

  /** The JSON of a command that must end with {@code code}. */
  private static JsonObject json(JavaProcess started, int code) throws Exception {
    try (JavaProcess process = started) {
      assertThat(process.exitCode()).as("%s%s", process.err(), process.out()).isEqualTo(code);
      return JsonParser.parseString(process.out().get(0)).getAsJsonObject();
    }
  }

  /** Address to history. */
  private Map<String, String> listed() throws Exception {
    Map<String, String> histories = new java.util.TreeMap<>();
    for (String line : Files.readAllLines(list)) {
      JsonObject server = JsonParser.parseString(line).getAsJsonObject();
      histories.put(server.get("server").getAsString(), server.get("history").getAsString());
    }
    return histories;
  }

  @Test
  void findsExactlyTheHonestOnesAndKeepsTheirHistory() throws Exception {
    serve(
        internet,
        "liar",
        "45.9.7.40:3478",
        "garbage",
        "45.9.7.41:3478",
        "wrong_id",
        "45.9.7.42:3478",
        "silent",
        "45.9.7.43:3478",
        "empty",
        "45.9.7.44:3478",
        "fickle",
        "45.9.7.45:3478",
        "smudged",
        "45.9.7.46:3478",
        "honest",
        "45.9.6.1:3478",
        "honest",
        "45.9.7.21:3479");
    Process honest = serve(internet, "honest", "45.9.7.20:3478");
    try (JavaProcess freddie =
        freddie(
            internet,
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--stun",
            "45.9.7.30:3478",
            "--stun-alternate",
            "45.9.7.31:3479",
            "--json")) {
      freddie.event("ready");
      JsonObject summary = json(crawl("--range", RANGE, "--json"), 0);
      assertThat(summary.get("addresses").getAsInt()).isEqualTo(256);
      assertThat(summary.get("answered").getAsInt()).isEqualTo(5);
      assertThat(summary.get("good").getAsInt()).isEqualTo(3);
      assertThat(summary.getAsJsonObject("bad"))
          .hasToString("{\"unsteady\":1,\"wrong-address\":1}");
      assertThat(listed())
          .isEqualTo(Map.of("45.9.7.20:3478", "+", "45.9.7.30:3478", "+", "45.9.7.31:3478", "+"));
      assertThat(directory.resolve("stun.jsonl.crawl")).doesNotExist();
      assertThat(proved()).containsExactly("45.9.7.30:3478", "45.9.7.31:3478");

      honest.destroyForcibly();
      honest.waitFor();
      json(crawl("--range", RANGE, "--json"), 0);
      assertThat(listed())
          .isEqualTo(
              Map.of("45.9.7.20:3478", "+-", "45.9.7.30:3478", "++", "45.9.7.31:3478", "++"));

      String before = Files.readString(list);
      try (JavaProcess few = crawl("--range", RANGE, "--least", "3")) {
        assertThat(few.exitCode()).isEqualTo(1);
        assertThat(few.err())
            .containsExactly("freddie: 2 good servers, of 3 wanted: " + list + " stays as it was");
      }
      assertThat(Files.readString(list)).isEqualTo(before);

      Path out = Files.writeString(directory.resolve("opt-out"), "# asked us\n45.9.7.30\n");
      json(crawl("--range", RANGE, "--exclude-file", out.toString(), "--json"), 0);
      assertThat(listed()).doesNotContainKey("45.9.7.30:3478").containsKey("45.9.7.31:3478");
    }
  }

  private Set<String> proved() throws Exception {
    JsonArray servers =
        json(freddie(crawler, "stun", "list", list.toString(), "--json"), 0)
            .getAsJsonArray("servers");
    Set<String> addresses = new TreeSet<>();
    for (JsonElement each : servers) {
      JsonObject server = each.getAsJsonObject();
      if (server.get("rfc5780").getAsString().equals("proved")) {
        addresses.add(server.get("server").getAsString());
      }
    }
    return addresses;
  }

  @Test
  void goesOnWhereItWasKilled() throws Exception {
    serve(internet, "honest", "45.9.4.9:3478", "honest", "45.9.5.9:3478", "honest", RESUMED);
    Path journal = directory.resolve("stun.jsonl.crawl");
    String[] range = {"--range", "45.9.4.0/22", "--json", "--rate", "100"};
    try (JavaProcess killed = crawl(range)) {
      Await.until("a fifth of it", () -> Files.exists(journal) && done(journal) > 200);
      killed.kill();
      killed.process().waitFor();
    }
    assertThat(list).doesNotExist();
    long first = probes();
    assertThat(first).isBetween(200L, 900L);
    long done = done(journal);

    JsonObject summary = json(crawl("--range", "45.9.4.0/22", "--json", "--rate", "2000"), 0);
    assertThat(summary.get("resumed_after").getAsLong()).isBetween(done, 1024L);
    assertThat(summary.get("good").getAsInt()).isEqualTo(3);
    assertThat(listed()).containsOnlyKeys("45.9.4.9:3478", "45.9.5.9:3478", RESUMED);
    // Every address once, but for those whose answers were still out; and 5 questions to each hit.
    assertThat(probes()).isBetween(1024L + 15, first + 1024 - done + 20);
    assertThat(first - done).isLessThan(400);
  }

  @Test
  void asksAgainWhatCouldNotBeSent() throws Exception {
    serve(internet, "honest", "45.9.7.20:3478", "honest", "45.9.7.200:3478");
    crawler.run("ip", "route", "add", "prohibit", "45.9.7.0/26");
    try (JavaProcess first = crawl("--range", RANGE)) {
      assertThat(first.exitCode()).isEqualTo(1);
      assertThat(first.out()).isEmpty();
      assertThat(first.err()).hasSize(1);
      assertThat(first.err().get(0))
          .startsWith("freddie: 64 of 256 probes could not be sent: ")
          .endsWith(": " + list + " stays as it was; try again, and they are asked");
    }
    assertThat(list).doesNotExist();

    crawler.run("ip", "route", "delete", "prohibit", "45.9.7.0/26");
    JsonObject summary = json(crawl("--range", RANGE, "--json"), 0);
    assertThat(summary.get("unsent").getAsInt()).isZero();
    assertThat(summary.get("resumed_after").getAsInt()).isLessThan(256 - 64);
    assertThat(listed()).containsOnlyKeys("45.9.7.20:3478", "45.9.7.200:3478");
    assertThat(directory.resolve("stun.jsonl.crawl")).doesNotExist();
  }

  @Test
  void aFullDiskIsNamedAndLeavesNothing() throws Exception {
    Path disk = Files.createDirectory(directory.resolve("disk"));
    Path full = disk.resolve("stun.jsonl");
    // Of one page, which a file fills.
    String script =
        "mount -t tmpfs -o size=4k none \"$0\" && head -c 4096 /dev/zero > \"$0/filler\" || exit 99;"
            + " \"$@\"; code=$?; ls -A \"$0\" >&2; exit $code";
    List<String> prefix = List.of("unshare", "-m", "sh", "-c", script, disk.toString());
    try (JavaProcess crawl =
        JavaProcess.start(
            prefix,
            Map.of(),
            FreddieMain.class.getName(),
            "stun",
            "crawl",
            "--range",
            "127.0.9.1",
            "--allow-private",
            "--out",
            full.toString())) {
      assertThat(crawl.exitCode()).isEqualTo(1);
      assertThat(crawl.err())
          .containsExactly(
              "freddie: cannot write " + full + ".crawl: No space left on device", "filler");
    }
  }

  private static final String RESUMED = "45.9.7.255:3478";

  private static long done(Path journal) throws IOException {
    long done = 0;
    for (String line : Files.readString(journal).split("\n")) {
      if (line.startsWith("{\"done\":") && line.endsWith("}")) {
        done = JsonParser.parseString(line).getAsJsonObject().get("done").getAsLong();
      }
    }
    return done;
  }

  private long probes() throws IOException {
    String counter = internet.run("nft", "list", "counter", "ip", "c", "probes");
    return Long.parseLong(counter.replaceAll("(?s).*packets (\\d+).*", "$1"));
  }

  @Test
  void zmapFindsTheSame() throws Exception {
    Netns.require("zmap");
    serve(
        internet,
        "honest",
        "45.9.7.20:3478",
        "garbage",
        "45.9.7.41:3478",
        "wrong_id",
        "45.9.7.42:3478",
        "liar",
        "45.9.7.40:3478");
    String gateway = internet.run("cat", "/sys/class/net/hub/address").strip();
    JsonObject summary =
        json(
            crawl(
                "--range",
                RANGE,
                "--json",
                "--rate",
                "200",
                "--zmap",
                "--interface",
                "wan",
                "--gateway",
                gateway),
            0);
    assertThat(summary.get("answered").getAsInt()).isEqualTo(2);
    assertThat(listed()).containsOnlyKeys("45.9.7.20:3478");
    assertThat(directory.resolve("stun.jsonl.crawl")).doesNotExist();
    List<String> words = new ArrayList<>(List.of("stun", "crawl", "--out", list.toString()));
    words.addAll(List.of("--range", RANGE, "--zmap", "--interface", "wan", "--gateway", gateway));
    List<String> prefix = new ArrayList<>(crawler.prefix());
    prefix.addAll(List.of("setpriv", "--bounding-set", "-net_raw"));
    try (JavaProcess powerless =
        JavaProcess.start(
            prefix, Map.of(), FreddieMain.class.getName(), words.toArray(String[]::new))) {
      assertThat(powerless.exitCode()).isEqualTo(3);
      assertThat(powerless.err()).hasSize(1);
      assertThat(powerless.err().get(0))
          .startsWith("freddie: --zmap: ZMap may not send: run as root: ")
          .hasSizeLessThan(240);
    }
    assertThat(directory.resolve("stun.jsonl.crawl")).doesNotExist();
  }

  @Test
  void zmapEndsWithTheCrawl() throws Exception {
    Netns.require("zmap");
    String gateway = internet.run("cat", "/sys/class/net/hub/address").strip();
    String[] slowly = {
      "--range", RANGE, "--rate", "10", "--zmap", "--interface", "wan", "--gateway", gateway
    };
    try (JavaProcess killed = crawl(slowly)) {
      long before = probes();
      Await.until("ZMap probes", () -> probes() > before);
      // Gives up being root: it must be ended nonetheless.
      ProcessHandle zmap =
          killed
              .process()
              .descendants()
              .filter(each -> each.info().command().orElse("").endsWith("zmap"))
              .findFirst()
              .orElseThrow();
      killed.kill();
      Await.until("ZMap is gone", () -> !zmap.isAlive());
    }
  }

  @Test
  void agreesWithSomebodyElsesServer() throws Exception {
    Netns.require("turnserver");
    internet.start(
        directory.resolve("coturn"),
        Map.of(),
        ("turnserver -n -S -z --listening-ip=45.9.7.10 --listening-ip=45.9.7.11"
                + " --listening-port=3478 --alt-listening-port=3479 --no-tls --no-dtls --no-tcp"
                + " --no-cli --log-file=stdout --pidfile="
                + directory.resolve("coturn.pid"))
            .split(" "));
    Await.until(
        "coturn answers",
        () -> {
          try (JavaProcess check = freddie(crawler, "stun", "check", "45.9.7.10:3478")) {
            return check.exitCode() == 0;
          }
        });
    JsonObject check = json(freddie(crawler, "stun", "check", "45.9.7.10:3478", "--json"), 0);
    JsonObject server = check.getAsJsonArray("servers").get(0).getAsJsonObject();
    assertThat(server.get("confirmed").getAsBoolean()).isTrue();
    assertThat(server.get("rfc5780").getAsString()).isEqualTo("proved");
    assertThat(server.get("software").getAsString()).startsWith("Coturn-");
    assertThat(
            check.getAsJsonArray("nat").get(0).getAsJsonObject().get("translated").getAsBoolean())
        .isFalse();

    json(crawl("--range", "45.9.7.0/28", "--json"), 0);
    assertThat(listed()).containsOnlyKeys("45.9.7.10:3478", "45.9.7.11:3478");
  }

  @Test
  void behindANatTheLiarIsOutvotedAndTheNatIsDescribed() throws Exception {
    try (NatLab lab = NatLab.open()) {
      lab.internet().run("ip", "route", "add", "local", "192.0.2.0/24", "dev", "lo");
      serve(
          lab.internet(),
          "honest",
          "192.0.2.5:3478",
          "honest",
          "192.0.2.6:3478",
          "liar",
          "192.0.2.7:3478");
      try (JavaProcess freddie =
          freddie(
              lab.internet(),
              "serve",
              "--listen",
              "127.0.0.1:0",
              "--stun",
              "192.0.2.1:3478",
              "--stun-alternate",
              "192.0.2.3:3479",
              "--json")) {
        freddie.event("ready");
        JsonObject check =
            json(
                freddie(
                    lab.host(NatLab.Nat.SYMMETRIC),
                    "stun",
                    "check",
                    "192.0.2.5:3478",
                    "192.0.2.6:3478",
                    "192.0.2.7:3478",
                    "192.0.2.1:3478",
                    "--json",
                    "--show-address"),
                1);
        List<String> states = new ArrayList<>();
        for (JsonElement each : check.getAsJsonArray("servers")) {
          states.add(each.getAsJsonObject().get("state").getAsString());
        }
        assertThat(states).containsExactly("good", "good", "wrong-address", "good");
        JsonObject last = check.getAsJsonArray("servers").get(3).getAsJsonObject();
        assertThat(last.get("confirmed").getAsBoolean()).isTrue();
        assertThat(last.get("mapped").getAsString()).startsWith("198.51.1.1:");
        // Behind this filter it cannot be seen from where it answers.
        assertThat(last.get("rfc5780").getAsString()).isEqualTo("claimed");
        JsonObject nat = check.getAsJsonArray("nat").get(0).getAsJsonObject();
        assertThat(nat.get("mapping").getAsString()).isEqualTo("address-and-port-dependent");
        assertThat(nat.get("filtering").getAsString()).isEqualTo("address-and-port-dependent");
      }
    }
  }
}
