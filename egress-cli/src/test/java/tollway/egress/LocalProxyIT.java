// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.lab.Await;
import tollway.lab.Chromium;
import tollway.lab.JavaProcess;

/** What programs expect of the local proxy, with the whole chain behind it. */
final class LocalProxyIT {
  @TempDir private static Path directory;

  private static Chain chain;
  private static Origin origin;
  private static RawOrigin one;
  private static RawOrigin two;
  private static JavaProcess exit;
  private static JavaProcess widget;
  private static JavaProcess desktop;
  private static String invite;
  private static String freddie;
  private static String proxy;

  @BeforeAll
  static void startChain() throws Exception {
    origin = new Origin();
    one = new RawOrigin("one");
    two = new RawOrigin("two");
    chain = new Chain(directory);
    freddie = Chain.text(chain.freddie().event("ready"), "url");
    exit = chain.egress(freddie, "--allow-private");
    invite = Chain.text(exit.event("ready"), "invite");
    widget = chain.widget(invite, "anna");
    widget.event("ready");
    desktop = chain.desktop(invite);
    desktop.event("connected");
    proxy = proxyOf(desktop);
  }

  @AfterAll
  static void stopChain() throws IOException {
    chain.close();
    origin.close();
    one.close();
    two.close();
  }

  @Test
  void aThousandRequestsFollowEachOtherOnOneConnection() throws Exception {
    try (HttpClient client = new HttpClient(proxy)) {
      for (int i = 0; i < 1000; i++) {
        HttpClient.Response page = client.get(one.url("/n" + i));
        assertThat(page.status()).as("%d: %s", i, page).isEqualTo(200);
        assertThat(page.body()).startsWith("one\nGET /n" + i + " HTTP/1.1");
      }
    }
    Await.until("each stream has ended", () -> Chain.metric(exit, "egress_streams") == 0);
  }

  @Test
  void pipelinedRequestsToTwoSitesAreAnsweredInOrder() throws Exception {
    try (HttpClient client = new HttpClient(proxy)) {
      StringBuilder all = new StringBuilder();
      for (int i = 0; i < 100; i++) {
        String url = (i % 2 == 0 ? one : two).url("/n" + i);
        boolean posts = i % 5 == 0;
        all.append(posts ? "POST " : "GET ").append(url).append(" HTTP/1.1|Host: x|");
        all.append(posts ? "Content-Length: 4||body" : "|");
      }
      client.send(all.toString());
      for (int i = 0; i < 100; i++) {
        HttpClient.Response page = client.receive(true);
        assertThat(page.body())
            .startsWith(i % 2 == 0 ? "one\n" : "two\n")
            .contains(" /n" + i + " HTTP/1.1");
      }
    }
  }

  @Test
  void answersWithoutABodyLeaveTheConnectionInStep() throws Exception {
    try (HttpClient client = new HttpClient(proxy)) {
      for (int i = 0; i < 3; i++) {
        client.send("HEAD " + one.url("/head") + " HTTP/1.1|Host: x||");
        HttpClient.Response head = client.receive(false);
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.has("content-length")).isTrue();
        client.send("HEAD " + one.url("/chunked-head") + " HTTP/1.1|Host: x||");
        assertThat(client.receive(false).status()).isEqualTo(200);
        HttpClient.Response empty = client.get(one.url("/204"));
        assertThat(empty.status()).isEqualTo(204);
        assertThat(empty.has("transfer-encoding")).isFalse();
        assertThat(empty.has("content-length")).isFalse();
        HttpClient.Response same = client.get(one.url("/304"));
        assertThat(same.status()).isEqualTo(304);
        assertThat(same.has("etag")).isTrue();
        assertThat(same.has("transfer-encoding")).isFalse();
        assertThat(client.get(one.url("/chunked")).body()).isEqualTo("abcde");
        assertThat(client.get(one.url("/hints")).status()).isEqualTo(103);
        assertThat(client.receive(true).body()).startsWith("one\nGET /hints");
      }
    }
  }

  @Test
  void aProgramThatSpeaksHttp10GetsWhatItUnderstands() throws Exception {
    try (HttpClient client = new HttpClient(proxy)) {
      client.send("GET " + one.url("/chunked") + " HTTP/1.0||");
      HttpClient.Response page = client.receive(true);
      assertThat(page.has("transfer-encoding")).isFalse();
      assertThat(page.body()).isEqualTo("abcde");
    }
    try (HttpClient client = new HttpClient(proxy)) {
      client.send("GET " + one.url("/hints") + " HTTP/1.0|Connection: keep-alive||");
      assertThat(client.receive(true).status()).as("no 103 before it").isEqualTo(200);
      client.send("GET " + one.url("/") + " HTTP/1.0||");
      assertThat(client.receive(true).status()).isEqualTo(200);
      assertThat(client.ended()).isTrue();
    }
  }

  @Test
  void aBodyIsSentWhenTheSiteSaysContinue() throws Exception {
    try (HttpClient client = new HttpClient(proxy)) {
      client.send(
          "POST "
              + one.url("/continue")
              + " HTTP/1.1|Host: x|Expect: 100-continue|Content-Length: 5||");
      assertThat(client.receive(true).status()).isEqualTo(100);
      client.send("hello");
      assertThat(client.receive(true).body()).isEqualTo("hello");
      assertThat(client.get(two.url("/")).body()).startsWith("two");
    }
    Path file = directory.resolve("upload");
    Files.write(file, RawOrigin.eofBody());
    assertThat(
            Chain.curl(
                    "-x",
                    "http://" + proxy,
                    "-H",
                    "Transfer-Encoding: chunked",
                    "-H",
                    "Expect: 100-continue",
                    "--data-binary",
                    "@" + file,
                    "http://127.0.0.1:" + origin.port() + "/sha")
                .out())
        .isEqualTo(Chain.sha256(file));
  }

  @Test
  void aBodyThatEndsWithTheConnectionIsWhole() throws Exception {
    String expected = new String(RawOrigin.eofBody(), StandardCharsets.ISO_8859_1);
    try (HttpClient client = new HttpClient(proxy)) {
      HttpClient.Response page = client.get(one.url("/eof"));
      assertThat(page.body()).isEqualTo(expected);
      assertThat(client.get(one.url("/")).body()).as("and then").startsWith("one");
    }
    Path file = directory.resolve("eof");
    for (String option : List.of("--proxytunnel", "--http1.1")) {
      Chain.curl(option, "-x", "http://" + proxy, one.url("/eof"), "-o", file.toString());
      assertThat(Files.readAllBytes(file)).as(option).isEqualTo(RawOrigin.eofBody());
    }
    Chain.curl("--socks5-hostname", proxy, one.url("/eof"), "-o", file.toString());
    assertThat(Files.readAllBytes(file)).as("by SOCKS5").isEqualTo(RawOrigin.eofBody());
  }

  @Test
  void halfAnAnswerNeverPassesForAWholeOne() throws Exception {
    for (String path : List.of("/cut", "/cut-eof")) {
      for (String[] way :
          new String[][] {
            {"-x", "http://" + proxy},
            {"-p", "-x", "http://" + proxy},
            {"--socks5-hostname", proxy}
          }) {
        List<String> arguments = new ArrayList<>(List.of(way));
        arguments.add(one.url(path));
        Chain.Curl result = Chain.curl(arguments.toArray(String[]::new));
        assertThat(result.exitCode()).as(path + " by " + way[0]).isNotZero();
      }
    }
    for (String path : List.of("/nonsense", "/upgrade")) {
      try (HttpClient client = new HttpClient(proxy)) {
        assertThat(client.get(one.url(path)).status()).as(path).isEqualTo(502);
      }
    }
  }

  @Test
  void headersAboutOneConnectionStayOnIt() throws Exception {
    try (HttpClient client = new HttpClient(proxy)) {
      client.send(
          "POST "
              + one.url("/seen")
              + " HTTP/1.1|Host: elsewhere|Connection: X-Mine, content-length|X-Mine: 1|Keep-Alive: 1"
              + "|Proxy-Connection: keep-alive|Proxy-Authorization: Basic YTpi|TE: trailers"
              + "|Upgrade: h2c|X-Theirs: 2|Content-Length: 2||ab");
      String seen = client.receive(true).body().toLowerCase(java.util.Locale.ROOT);
      assertThat(seen)
          .contains("x-theirs: 2", "host: 127.0.0.1:" + one.port(), "content-length: 2")
          .doesNotContain("x-mine", "keep-alive", "proxy-", "te: ", "upgrade", "via", "elsewhere");
      HttpClient.Response back = client.get(one.url("/hop"));
      assertThat(back.body()).isEqualTo("ok");
      assertThat(back.has("x-secret") || back.has("keep-alive") || back.has("proxy-authenticate"))
          .isFalse();
    }
  }

  @Test
  void eachDirectionEndsByItself() throws Exception {
    byte[] sent = RawOrigin.eofBody();
    byte[] head = "X /echo HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    SocksClient client = new SocksClient(proxy);
    try (Socket socket = client.connect("127.0.0.1", one.port())) {
      assertThat(echoed(socket, socket.getInputStream(), head, sent)).hasSize(sent.length);
    }
    try (HttpClient tunnel = new HttpClient(proxy)) {
      tunnel.send("CONNECT 127.0.0.1:" + one.port() + " HTTP/1.1|Host: x||");
      assertThat(tunnel.receive(false).status()).isEqualTo(200);
      assertThat(echoed(tunnel.socket(), tunnel.in(), head, sent)).isEqualTo(sent);
    }
    // All of it in one flight, the end included, before the proxy has said anything.
    try (Socket socket = client.greeted()) {
      byte[] request = SocksClient.connectRequest("127.0.0.1", one.port());
      byte[] flight =
          ByteBuffer.allocate(request.length + head.length + 1000)
              .put(request)
              .put(head)
              .put(sent, 0, 1000)
              .array();
      socket.getOutputStream().write(flight);
      socket.shutdownOutput();
      byte[] back = socket.getInputStream().readAllBytes();
      assertThat(back).hasSize(10 + 1000).endsWith(java.util.Arrays.copyOf(sent, 1000));
    }
  }

  @Test
  void twoHundredCancelledDownloadsLeaveNothingBehind() throws Exception {
    SocksClient client = new SocksClient(proxy);
    Random random = new Random(5);
    List<JavaProcess> roles = List.of(desktop, widget, exit);
    cancel(client, random, 20);
    List<Long> before = new ArrayList<>();
    for (JavaProcess role : roles) {
      before.add(Chain.residentKib(role));
    }
    cancel(client, random, 200);
    Await.until("no stream is left", () -> Chain.metric(exit, "egress_streams") == 0);
    for (int i = 0; i < roles.size(); i++) {
      assertThat(Chain.residentKib(roles.get(i)) - before.get(i))
          .as("growth of %d in KiB", i)
          .isLessThan(96 << 10);
    }
    for (JavaProcess role : roles) {
      Await.until("descriptors are closed", () -> descriptors(role) < 100);
    }
    Path file = directory.resolve("good");
    String url = "http://127.0.0.1:" + origin.port() + "/blob/30";
    assertThat(Chain.curl("-x", "http://" + proxy, url, "-o", file.toString()).exitCode()).isZero();
    assertThat(Chain.sha256(file)).isEqualTo(Origin.sha256(30));
    assertThat(desktop.count("disconnected")).isZero();
  }

  @Test
  void onlyTheUserOfTheFileIsServed() throws Exception {
    Path file = directory.resolve("user");
    Files.writeString(file, "alice:s3cret:\u00fc\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    JavaProcess guarded = chain.desktop(invite, "--proxy-user-file", file.toString());
    guarded.event("connected");
    String at = proxyOf(guarded);
    String right = "alice:s3cret:\u00fc";
    for (String way : List.of("http://", "socks5h://")) {
      assertThat(Chain.curl("-x", way + at, "-U", right, one.url("/")).out()).startsWith("one");
      assertThat(Chain.curl("-x", way + at, "-U", "alice:wrong", one.url("/")).out())
          .doesNotStartWith("one");
      assertThat(Chain.curl("-x", way + at, one.url("/")).out()).doesNotStartWith("one");
    }
    assertThat(Chain.curl("-p", "-x", at, "-U", right, one.url("/")).out()).startsWith("one");
    try (HttpClient client = new HttpClient(at)) {
      HttpClient.Response refused = client.get(one.url("/"));
      assertThat(refused.status()).isEqualTo(407);
      assertThat(refused.head()).contains("asic realm=\"tollway\"");
      assertThat(client.ended()).isTrue();
    }
    try (HttpClient client = new HttpClient(at)) {
      String basic = Base64.getEncoder().encodeToString(right.getBytes(StandardCharsets.UTF_8));
      client.send(
          "GET " + one.url("/") + " HTTP/1.1|Host: x|Proxy-Authorization: basic " + basic + "||");
      assertThat(client.receive(true).body()).startsWith("one").doesNotContain(basic);
      assertThat(client.get(one.url("/")).status()).as("each request by itself").isEqualTo(407);
    }
    assertThat(Chain.curl("http://" + at + "/proxy.pac").out()).as("no secret").contains("PROXY");
    guarded.stop();
  }

  @Test
  void browsersFindTheProxyByItsPac() throws Exception {
    try (HttpClient client = new HttpClient(proxy)) {
      client.send("GET /proxy.pac HTTP/1.1|Host: " + proxy + "||");
      HttpClient.Response pac = client.receive(true);
      assertThat(pac.status()).isEqualTo(200);
      assertThat(pac.head()).contains("application/x-ns-proxy-autoconfig");
      assertThat(pac.body())
          .startsWith("function FindProxyForURL(url, host) {")
          .contains("return \"PROXY " + proxy + "\";");
    }
    try (HttpClient client = new HttpClient(proxy)) {
      client.send("HEAD /proxy.pac HTTP/1.1|Host: x||");
      assertThat(client.receive(false).has("content-length")).isTrue();
      assertThat(client.ended()).isTrue();
    }
  }

  @Test
  void aBrowserThatIsGivenThePacAsksTheProxyForNames() throws Exception {
    Chromium.require();
    Process browser =
        new ProcessBuilder(
                "timeout",
                "90",
                "chromium",
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--user-data-dir=" + directory.resolve("profile"),
                "--proxy-pac-url=http://" + proxy + "/proxy.pac",
                "--dump-dom",
                "http://no-such-name.invalid/")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String page = new String(browser.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    browser.waitFor();
    assertThat(page).contains("the egress finds no such host");
  }

  @Test
  void aLongUploadToARefusedSiteStillGetsItsReason() throws Exception {
    Path file = directory.resolve("large");
    Files.write(file, new byte[20 << 20]);
    String url = "http://127.0.0.1:" + Chain.freePort() + "/";
    Chain.Curl result =
        Chain.curl("-x", "http://" + proxy, "-H", "Expect:", "--data-binary", "@" + file, url);
    assertThat(result.out()).contains("the host refuses the connection");
  }

  @Test
  void requestsWaitForAWayOutButNotTooManyAndNotForEver() throws Exception {
    Chain other = new Chain(directory.resolve("late"));
    List<Socket> waiting = new ArrayList<>();
    try (other) {
      JavaProcess late = other.egress(freddie, "--allow-private");
      String lateInvite = Chain.text(late.event("ready"), "invite");
      String at = proxyOf(other.desktop(lateInvite));
      SocksClient client = new SocksClient(at);
      long start = System.nanoTime();
      assertThat(client.tryConnect("127.0.0.1", one.port())).as("host unreachable").isEqualTo(4);
      assertThat((System.nanoTime() - start) / 1_000_000_000).isBetween(18L, 30L);
      for (int i = 0; i < 512; i++) {
        Socket socket = client.greeted();
        socket.getOutputStream().write(SocksClient.connectRequest("127.0.0.1", one.port()));
        waiting.add(socket);
      }
      try (HttpClient refused = new HttpClient(at)) {
        refused.send("GET " + one.url("/") + " HTTP/1.1|Host: x||");
        HttpClient.Response page = refused.receive(true);
        assertThat(page.status()).isEqualTo(503);
        assertThat(page.body()).contains("too many requests wait already");
      }
      for (Socket socket : waiting.subList(0, 100)) {
        socket.close(); // Who goes makes room for others.
      }
      waiting.subList(0, 100).clear();
      Socket another = client.greeted();
      another.getOutputStream().write(SocksClient.connectRequest("127.0.0.1", one.port()));
      waiting.add(another);
      other.widget(lateInvite, "carl").event("ready");
      for (Socket socket : waiting) {
        assertThat(socket.getInputStream().readNBytes(10)[1]).isZero();
      }
    } finally {
      for (Socket socket : waiting) {
        socket.close();
      }
    }
  }

  private static byte[] echoed(Socket socket, InputStream in, byte[] head, byte[] sent)
      throws IOException {
    socket.getOutputStream().write(head);
    socket.getOutputStream().write(sent);
    socket.shutdownOutput();
    return in.readAllBytes();
  }

  /** Begins to read a gigabyte, and goes. */
  private static void cancel(SocksClient client, Random random, int times) throws Exception {
    String get = "GET /blob/1024 HTTP/1.1\r\nHost: x\r\n\r\n";
    for (int i = 0; i < times; i++) {
      try (Socket socket = client.connect("127.0.0.1", origin.port())) {
        socket.getOutputStream().write(get.getBytes(StandardCharsets.US_ASCII));
        socket.getInputStream().readNBytes(1 + random.nextInt(300_000));
        if (i % 2 == 0) {
          socket.setSoLinger(true, 0);
        }
      }
    }
  }

  private static long descriptors(JavaProcess process) throws IOException {
    try (var open = Files.list(Path.of("/proc", String.valueOf(process.process().pid()), "fd"))) {
      return open.count();
    }
  }

  private static String proxyOf(JavaProcess desktop) throws Exception {
    return Chain.text(desktop.event("listening"), "proxy");
  }
}
