// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.Closeable;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.cli.Launcher;
import tollway.crawl.CrawlJournal;
import tollway.crawl.ScriptedServer;
import tollway.lab.Said;
import tollway.loop.NettyLoops;
import tollway.stun.StunAlternate;
import tollway.stun.StunResponder;

/** {@code freddie stun …} in the process of the test, with servers on loopback. */
final class StunCommandsTest {
  @TempDir private Path directory;

  private final NettyLoops loops = new NettyLoops(1);

  @AfterEach
  void close() {
    loops.close();
  }

  @Test
  void checksServersAndTellsWhatTheNatDoes() throws Exception {
    StunAlternate alternate = StunAlternate.at(new InetSocketAddress("127.0.0.2", 0));
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (StunResponder responder =
        StunResponder.bind(loops, List.of(any, any), Optional.of(alternate))) {
      String first = FreddieNode.text(responder.addresses().get(0));
      String second = FreddieNode.text(responder.addresses().get(1));
      Said json = freddie("stun", "check", first, second, "--json", "--timeout", "5s");

      assertThat(json.exitCode()).as(json.err()).isZero();
      JsonObject whole = JsonParser.parseString(json.out()).getAsJsonObject();
      assertThat(whole.get("good").getAsInt()).isEqualTo(2);
      JsonObject server = whole.getAsJsonArray("servers").get(0).getAsJsonObject();
      assertThat(server.get("server").getAsString()).isEqualTo(first);
      assertThat(server.get("state").getAsString()).isEqualTo("good");
      assertThat(server.get("confirmed").getAsBoolean()).isTrue();
      assertThat(server.get("fingerprint").getAsBoolean()).isTrue();
      assertThat(server.get("rfc5780").getAsString()).isEqualTo("proved");
      assertThat(server.get("answered").getAsInt()).isEqualTo(5);
      assertThat(server.get("ms").getAsDouble()).isPositive();
      assertThat(server.has("mapped")).isFalse();
      JsonObject nat = whole.getAsJsonArray("nat").get(0).getAsJsonObject();
      assertThat(nat.get("translated").getAsBoolean()).isFalse();
      assertThat(nat.get("filtering").getAsString()).isEqualTo("endpoint-independent");

      Said text = freddie("stun", "check", first, "--show-address", "--timeout", "5s");
      assertThat(text.exitCode()).isZero();
      assertThat(text.out())
          .contains("SERVER", first, "5/5", "proved", "address confirmed: 127.0.0.1:")
          .contains("behind no NAT, as " + first + " sees it; mapping endpoint-independent")
          .hasLineCount(3);
    }
  }

  @Test
  void oneThatIsNoGoodIsExitCodeOne() throws Exception {
    try (StunResponder responder =
            StunResponder.bind(loops, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        DatagramSocket silent = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      String good = FreddieNode.text(responder.addresses().get(0));
      String dead = "127.0.0.1:" + silent.getLocalPort();
      Said answer = freddie("stun", "check", good, dead, "host.invalid:3478", "--timeout", "500ms");

      assertThat(answer.exitCode()).isEqualTo(1);
      assertThat(answer.err()).isEmpty();
      List<String> lines = answer.out().lines().toList();
      assertThat(lines).hasSize(4);
      assertThat(lines.get(1)).contains(good, "good");
      assertThat(lines.get(2)).contains(dead, "silent", "0/3", "no answer to 3 questions");
      assertThat(lines.get(3)).contains("host.invalid:3478", "unreachable", "-");
    }
  }

  @Test
  void checksTheAddressThatTheOperatorKnows() throws Exception {
    try (StunResponder responder =
        StunResponder.bind(loops, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
      String server = FreddieNode.text(responder.addresses().get(0));
      assertThat(freddie("stun", "check", server, "--mapped", "127.0.0.1").exitCode()).isZero();
      Said wrong = freddie("stun", "check", server, "--mapped", "192.0.2.1");
      assertThat(wrong.exitCode()).isEqualTo(1);
      assertThat(wrong.out()).contains("wrong-address");
    }
  }

  /** The same port on several addresses of loopback. */
  private static int freePort() throws Exception {
    try (DatagramSocket free = new DatagramSocket(new InetSocketAddress("127.0.9.1", 0))) {
      return free.getLocalPort();
    }
  }

  private static ScriptedServer server(ScriptedServer.Kind kind, String host, int port)
      throws Exception {
    return new ScriptedServer(kind, new InetSocketAddress(host, port));
  }

  @Test
  void crawlsARangeAndShowsTheList() throws Exception {
    int port = freePort();
    String list = directory.resolve("stun.jsonl").toString();
    String[] crawl = {
      "stun",
      "crawl",
      "--range",
      "127.0.9.0/28,127.0.9.16/28",
      "--allow-private",
      "--port",
      String.valueOf(port),
      "--out",
      list
    };
    try (ScriptedServer honest = server(ScriptedServer.Kind.HONEST, "127.0.9.3", port);
        ScriptedServer liar = server(ScriptedServer.Kind.LIAR, "127.0.9.20", port);
        ScriptedServer outside = server(ScriptedServer.Kind.HONEST, "127.0.9.40", port)) {
      Said answer = freddie(crawl);
      assertThat(answer.exitCode()).as(answer.err()).isZero();
      assertThat(answer.out())
          .isEqualTo("2 of 32 addresses answer; 1 good; not good: 1 wrong-address\n");
      assertThat(answer.err()).isEmpty();
      assertThat(outside.asked()).isZero();
      assertThat(honest.asked()).isEqualTo(liar.asked()).isEqualTo(6);

      Said shown = freddie("stun", "list", list);
      assertThat(shown.exitCode()).isZero();
      assertThat(shown.out().lines().toList()).hasSize(2);
      assertThat(shown.out()).contains("127.0.9.3:" + port, "yes", "100 %", "HISTORY");
    }
    // Nobody is left: the list stays.
    Said answer = freddie(crawl);
    assertThat(answer.exitCode()).isEqualTo(1);
    assertThat(answer.err())
        .isEqualTo("freddie: 0 good servers, of 1 wanted: " + list + " stays as it was\n");
    JsonObject still =
        JsonParser.parseString(freddie("stun", "list", list, "--json").out()).getAsJsonObject();
    assertThat(still.get("good").getAsInt()).isOne();
  }

  @Test
  void theListIsNeverTakenForHowFarTheCrawlCame() throws Exception {
    Path list = directory.resolve("list");
    Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("list"));
    String line = "is the list of --out: give another file";
    String[] states = {list.toString(), directory.resolve("./list").toString(), link.toString()};
    for (String state : states) {
      refusedCrawl(list, line, "--range", "127.0.9.1", "--allow-private", "--state", state);
      Files.writeString(list, "");
      refusedCrawl(list, line, "--range", "127.0.9.1", "--allow-private", "--state", state);
      assertThat(list).exists();
      Files.delete(list);
    }
    Files.createSymbolicLink(directory.resolve("list.crawl"), Path.of("list"));
    refusedCrawl(list, "kept in the list itself", "--range", "127.0.9.1", "--allow-private");
  }

  @Test
  void aListIsPublishedWhereItsLinkLeads() throws Exception {
    int port = freePort();
    Path place = Files.createDirectory(directory.resolve("real"));
    Path real = place.resolve("list");
    Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("real/list"));
    try (ScriptedServer honest = server(ScriptedServer.Kind.HONEST, "127.0.9.3", port)) {
      String[] crawl = {
        "stun",
        "crawl",
        "--range",
        "127.0.9.3",
        "--allow-private",
        "--port",
        String.valueOf(port),
        "--out",
        link.toString(),
        "--state",
        directory.resolve("state").toString()
      };
      // One at a time for the same list, whatever it is called and where the journals are.
      Closeable other = CrawlJournal.reserve(real.resolveSibling("list.crawl"));
      Said second = freddie(crawl);
      assertThat(second.exitCode()).isEqualTo(1);
      assertThat(second.err()).contains("another crawl is at work").hasLineCount(1);
      assertThat(honest.asked()).isZero();
      other.close();
      assertThat(freddie(crawl).exitCode()).isZero();
      assertThat(honest.asked()).isEqualTo(6);
    }
    assertThat(link).isSymbolicLink();
    assertThat(real).content().contains("127.0.9.3:" + port);
    assertThat(place.toFile().list()).containsExactly("list");
    assertThat(directory.toFile().list()).containsExactlyInAnyOrder("real", "link");
  }

  @Test
  void aFileThatIsNoListIsNeverOverwritten() throws Exception {
    Path file = Files.writeString(directory.resolve("precious"), "my diary\n");
    String[] crawl = {
      "stun", "crawl", "--range", "127.0.9.1", "--allow-private", "--out", file.toString()
    };
    Said answer = freddie(crawl);
    assertThat(answer.exitCode()).isEqualTo(4);
    assertThat(answer.err()).hasLineCount(1).contains("line 1 is no server of a crawl");
    assertThat(Files.readString(file)).isEqualTo("my diary\n");
    assertThat(freddie("stun", "list", file.toString()).exitCode()).isEqualTo(4);
    assertThat(freddie("stun", "list", directory.resolve("none").toString()).exitCode())
        .isEqualTo(2);
  }

  @Test
  void whatMustNotBeProbedIsRefusedBeforeAnythingIsDone() throws Exception {
    Path out = directory.resolve("list");
    refusedCrawl(out, "10.0.0.0/8: private); in a lab of your own", "--range", "10.1.0.0/16");
    refusedCrawl(out, "(224.0.0.0/4: multicast)", "--range", "224.0.0.1", "--allow-private");
    refusedCrawl(out, "special-purpose space", "--range", "0.0.0.0/0", "--allow-private");
    refusedCrawl(out, "198.41.0.0/24 is meant?", "--range", "198.41.0.4/24");
    refusedCrawl(out, "'x' is not an IPv4", "--range", "x");
    refusedCrawl(out, "--rate: give 1 to 10000", "--range", "198.41.0.4", "--rate", "10001");
    refusedCrawl(out, "--rate: give 1 to", "--range", "198.41.0.4", "--rate", "0");
    refusedCrawl(out, "--port: give", "--range", "198.41.0.4", "--port", "0");
    refusedCrawl(out, "--least: give", "--range", "198.41.0.4", "--least", "0");
    refusedCrawl(out, "--zmap: give --interface", "--range", "198.41.0.4", "--zmap");
    refusedCrawl(out, "for --zmap: leave", "--range", "198.41.0.4", "--interface", "eth0");
    refusedCrawl(
        out,
        "--interface: there is no interface 'none'",
        "--range",
        "198.41.0.4",
        "--zmap",
        "--interface",
        "none",
        "--gateway",
        "02:00:00:00:00:01");
    String none = directory.resolve("none").toString();
    refusedCrawl(out, "no such file", "--range", "198.41.0.4", "--exclude-file", none);
    Path all = Files.writeString(directory.resolve("all"), "198.41.0.0/16 # all\n");
    refusedCrawl(
        out, "nothing of the ranges", "--range", "198.41.0.4", "--exclude-file", all.toString());
    Path bad = Files.writeString(directory.resolve("bad"), "# one\nsomebody\n");
    refusedCrawl(
        out,
        "--exclude-file: " + bad + ": line 2: 'somebody' is not an IPv4 address or ADDRESS/BITS",
        "--range",
        "198.41.0.4",
        "--exclude-file",
        bad.toString());
    assertThat(directory.toFile().list()).containsExactlyInAnyOrder("all", "bad");
  }

  private static void refusedCrawl(Path out, String line, String... more) {
    List<String> words = new ArrayList<>(List.of("stun", "crawl", "--out", out.toString()));
    words.addAll(List.of(more));
    refused(line, words.toArray(String[]::new));
  }

  @Test
  void theProgressBarIsOneLineOfAsManyColumns() {
    StringWriter shown = new StringWriter();
    ProgressBar bar = new ProgressBar(new PrintWriter(shown), "asked", 1000, true);
    assertThat(bar.line(250, "3 answer", Duration.ofSeconds(1)))
        .startsWith("\r[######..................]  25 %  250 of 1000 asked, 3 answer, 3 s left")
        .hasSize(80);
    bar.show(1, "");
    bar.close();
    assertThat(shown.toString()).startsWith("\r[").endsWith("\r" + " ".repeat(79) + "\r");
    StringWriter piped = new StringWriter();
    try (ProgressBar unseen = new ProgressBar(new PrintWriter(piped), "asked", 1000, false)) {
      unseen.show(1, "");
    }
    assertThat(piped.toString()).isEmpty();
  }

  @Test
  void mistakesOfTheOperatorAreOneLine() {
    refused("freddie stun: which command?", "stun");
    refused("freddie stun check: Missing required parameter", "stun", "check");
    refused("stun check: 'a' is not HOST:PORT", "stun", "check", "a");
    refused("stun check: a:0 has no port to ask", "stun", "check", "a:0");
    refused("--timeout: 'x' is not a duration", "stun", "check", "a:1", "--timeout", "x");
    refused("--timeout: give more than 0", "stun", "check", "a:1", "--timeout", "0s");
    refused("--timeout: give more than 0", "stun", "check", "a:1", "--timeout", "31s");
    refused("--mapped: 'me' is no IP address", "stun", "check", "a:1", "--mapped", "me");
    String[] many = new String[2 + StunCheckCommand.MOST_SERVERS + 1];
    many[0] = "stun";
    many[1] = "check";
    for (int i = 2; i < many.length; i++) {
      many[i] = "127.0.0.1:" + i;
    }
    refused("stun check: at most 64 servers", many);
  }

  @Test
  void helpFitsATerminalOfEightyColumns() {
    for (List<String> words :
        List.of(
            List.of("stun", "--help"),
            List.of("stun", "check", "--help"),
            List.of("stun", "crawl", "--help"),
            List.of("stun", "list", "--help"))) {
      Said answer = freddie(words.toArray(String[]::new));
      assertThat(answer.exitCode()).isZero();
      assertThat(answer.out().lines()).allMatch(line -> line.length() <= 80);
    }
  }

  private static void refused(String line, String... words) {
    Said answer = freddie(words);
    assertThat(answer.exitCode()).as(String.join(" ", words)).isEqualTo(2);
    assertThat(answer.out()).isEmpty();
    assertThat(answer.err()).contains(line).hasLineCount(1);
  }

  private static Said freddie(String... words) {
    return Said.by(new Launcher("freddie", FreddieCommand::new), words);
  }
}
