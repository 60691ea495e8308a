// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tollway.cli.ExitCode;
import tollway.cli.HostPort;
import tollway.exec.HostCommand;
import tollway.lab.Await;
import tollway.lab.JavaProcess;
import tollway.loop.NettyLoops;
import tollway.signaling.Signal;
import tollway.stun.NatBehavior;
import tollway.stun.NatDiscovery;
import tollway.stun.StunClient;
import tollway.stun.StunPace;

/** The real binary as an operator meets it: its lines, its pages, its exit codes. */
final class FreddieProcessIT {
  private static final String ANY_PORT = "127.0.0.1:0";

  @Test
  void saysWhenItIsReadyAndStopsQuietly() throws Exception {
    try (JavaProcess freddie =
        freddie("serve", "--listen", ANY_PORT, "--stun", ANY_PORT, "--json")) {
      JsonObject ready = freddie.event("ready");
      assertThat(ready.get("event").getAsString()).isEqualTo("ready");
      InetSocketAddress address = address(ready);

      try (RawClient reading = RawClient.proved(address);
          RawClient deaf = RawClient.proved(address)) {
        assertThat(deaf.nodeId()).isNotEqualTo(reading.nodeId());
        long begun = System.nanoTime();
        freddie.process().toHandle().destroy();
        assertThat(reading.hear()).isInstanceOf(Signal.Refusal.class);
        assertThat(reading.hearClose()).isEqualTo(1001);
        assertThat(freddie.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(8));
      }
      assertThat(freddie.err()).isEmpty();
      assertThat(freddie.out()).hasSize(1);
    }
  }

  @Test
  void tooFewOpenFilesAreToldInWordsOfOurs() throws Exception {
    List<Socket> visitors = new ArrayList<>();
    try (JavaProcess freddie =
        under(
            List.of("sh", "-c", "ulimit -n 160 && exec \"$0\" \"$@\""),
            "serve",
            "--listen",
            ANY_PORT,
            "--json")) {
      JsonObject ready = freddie.event("ready");
      assertThat(freddie.err())
          .containsExactly(
              "freddie: warning: open files: 160 at most here, for 10000 clients: ulimit -n 10100;"
                  + " freddie.service sets its own");
      for (int i = 0; i < 200; i++) {
        visitors.add(new Socket(InetAddress.getLoopbackAddress(), address(ready).getPort()));
      }
      Await.until("it is told", () -> freddie.err().size() == 2);
      assertThat(freddie.err().get(1))
          .contains("WARN")
          .endsWith(
              "no connection can be taken now: all 160 open files are in use: raise 'ulimit -n',"
                  + " or LimitNOFILE= of a service, to 10100");
      for (Socket visitor : visitors) {
        visitor.close();
      }
      assertThat(get(ready.get("url").getAsString() + "/healthz").body()).isEqualTo("ok\n");
      assertThat(freddie.err()).hasSize(2);
    } finally {
      for (Socket visitor : visitors) {
        visitor.close();
      }
    }
  }

  @Test
  void servesItsPagesAndStun() throws Exception {
    try (JavaProcess freddie =
            freddie(
                "serve", "--listen", ANY_PORT, "--stun", ANY_PORT, "--stun", "[::1]:0", "--json");
        NettyLoops loops = new NettyLoops(1)) {
      JsonObject ready = freddie.event("ready");
      String url = ready.get("url").getAsString();
      assertThat(get(url + "/healthz").body()).isEqualTo("ok\n");
      assertThat(get(url + "/metrics").body()).contains("freddie_clients 0\n");
      assertThat(get(url + "/").statusCode()).isEqualTo(404);

      assertThat(ready.getAsJsonArray("stun")).hasSize(2);
      for (var server : ready.getAsJsonArray("stun")) {
        InetSocketAddress at = HostPort.parse("stun", server.getAsString()).resolve("stun");
        InetSocketAddress mapped =
            StunClient.query(loops.next(), at, Duration.ofSeconds(30)).get(40, TimeUnit.SECONDS);
        assertThat(mapped.getAddress()).isEqualTo(at.getAddress());
      }
    }
  }

  @Test
  void withASecondAddressFindsOutWhatNatsDo() throws Exception {
    try (JavaProcess freddie =
            freddie(
                "serve",
                "--listen",
                ANY_PORT,
                "--stun",
                ANY_PORT,
                "--stun-alternate",
                "127.0.0.2:0",
                "--json");
        NettyLoops loops = new NettyLoops(1)) {
      JsonObject ready = freddie.event("ready");
      // Clients need the first address alone: it tells them of the other.
      assertThat(ready.getAsJsonArray("stun")).hasSize(1);
      InetSocketAddress at =
          HostPort.parse("stun", ready.getAsJsonArray("stun").get(0).getAsString()).resolve("stun");
      NatBehavior behavior =
          NatDiscovery.discover(loops.next(), at, new StunPace(Duration.ofSeconds(1), 5))
              .get(60, TimeUnit.SECONDS);
      assertThat(behavior.translated()).isFalse();
    }
  }

  @Test
  void tellsClientsOfThePublicStunAddress() throws Exception {
    try (JavaProcess freddie =
        freddie(
            "serve", "--listen", ANY_PORT, "--stun", "0.0.0.0:0=stun.example.org:3478", "--json")) {
      JsonObject ready = freddie.event("ready");
      try (RawClient client = new RawClient(address(ready))) {
        assertThat(client.prove().stun()).containsExactly("stun.example.org:3478");
      }
    }
  }

  @Test
  void topTellsWhatARunningFreddieDoes() throws Exception {
    try (JavaProcess freddie = freddie("serve", "--listen", ANY_PORT, "--json")) {
      JsonObject ready = freddie.event("ready");
      String url = ready.get("url").getAsString();
      try (RawClient client = RawClient.proved(address(ready))) {
        client.wishes(3, Town.EGRESS);
        Await.until(
            "it counts", () -> get(url + "/metrics").body().contains("consumers_waiting 1\n"));
        try (JavaProcess top = freddie("top", "--once", "--json", url)) {
          assertThat(top.exitCode()).as("%s", top.err()).isEqualTo(ExitCode.DONE);
          JsonObject seen = JsonParser.parseString(top.out().get(0)).getAsJsonObject();
          assertThat(seen.get("clients").getAsInt()).isEqualTo(1);
          assertThat(seen.get("waitingConsumers").getAsInt()).isEqualTo(1);
          assertThat(seen.get("matchesPerSecond").getAsDouble()).isZero();
        }
        try (JavaProcess top = freddie("top", "--once", url)) {
          assertThat(top.exitCode()).isEqualTo(ExitCode.DONE);
          assertThat(top.out()).contains("volunteers with a free slot 0, people waiting 1");
        }
      }
    }
  }

  @Test
  void topOfNobodyIsOneLine() throws Exception {
    int free;
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = taken.getLocalPort();
    }
    assertFails(
        freddie("top", "http://127.0.0.1:" + free),
        ExitCode.UNAVAILABLE,
        "freddie: http://127.0.0.1:" + free + "/metrics: nobody listens there");
    assertFails(
        freddie("top", "ftp://example.org"),
        ExitCode.USAGE,
        "freddie: 'ftp://example.org' is no freddie's address");
  }

  @Test
  void withoutJsonTheReadyLineIsForPeople() throws Exception {
    try (JavaProcess freddie = freddie("serve", "--listen", ANY_PORT)) {
      Await.until("it says something", () -> !freddie.out().isEmpty());
      assertThat(freddie.out().get(0)).startsWith("freddie: ready at http://127.0.0.1:");
    }
  }

  @Test
  void workOnAPuzzleEndsQuietlyWhenItIsInterrupted() throws Exception {
    try (JavaProcess freddie = freddie("puzzle", "--effort", "65536")) {
      Await.until(
          "it works",
          () ->
              freddie
                      .process()
                      .info()
                      .totalCpuDuration()
                      .orElseThrow()
                      .compareTo(Duration.ofSeconds(3))
                  > 0);
      freddie.process().toHandle().destroy();
      assertThat(freddie.exitCode()).isEqualTo(ExitCode.FAILED);
      assertThat(freddie.out()).isEmpty();
      assertThat(freddie.err()).hasSize(1);
      assertThat(freddie.err().get(0)).matches("freddie: interrupted after \\d+ evaluations");
    }
  }

  @Test
  void portInUseIsOneLine() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + taken.getLocalPort();
      assertFails(
          freddie("serve", "--listen", address),
          ExitCode.FAILED,
          "freddie: cannot listen on TCP " + address + ": Address already in use");
    }
    try (java.net.DatagramSocket taken =
        new java.net.DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + taken.getLocalPort();
      assertFails(
          freddie("serve", "--listen", ANY_PORT, "--stun", address),
          ExitCode.FAILED,
          "freddie: cannot listen on UDP " + address + ": Address already in use");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--lisen 127.0.0.1:0 | freddie serve: Unknown options: '--lisen', '127.0.0.1:0'",
        "--listen nonsense | freddie: --listen: 'nonsense' is not HOST:PORT",
        "--listen 127.0.0.1:65536 | freddie: --listen: '127.0.0.1:65536' is not HOST:PORT",
        "--listen ::1:8480 | freddie: --listen: '::1:8480' is not HOST:PORT",
        "--listen 127.0.0.999:1 | freddie: --listen: no such host: 127.0.0.999",
        "--stun 127.0.0.1 | freddie: --stun: '127.0.0.1' is not HOST:PORT",
        "--stun 0.0.0.0:3478 | freddie: --stun: clients cannot reach 0.0.0.0:3478",
        "--stun 127.0.0.1:0=example.org:0 | freddie: --stun: clients cannot reach 'example.org:0'",
        "--stun-alternate 127.0.0.2:1 | freddie: --stun-alternate: give --stun as well",
        "--stun 127.0.0.1:1 --stun-alternate 127.0.0.1:2 | freddie: --stun-alternate: give another address",
        "--stun 127.0.0.1:1 --stun-alternate 127.0.0.2:1 | freddie: --stun-alternate: give another port",
        "--stun 127.0.0.1:1 --stun-alternate [::1]:2 | freddie: --stun-alternate: both addresses must",
        "--stun 127.0.0.1:1 --stun-alternate 0.0.0.0:2 | freddie: --stun-alternate: name both addresses",
        "--stun 127.0.0.1:1 --stun-alternate 127.0.0.2:2=192.0.2.1:2 | freddie: --stun-alternate: say",
        "--max-clients 0 | freddie: --max-clients: give a number above 0",
        "--v1-per-address -1 | freddie: --v1-per-address: give 0 or more",
        "--drain soon | freddie: --drain: 'soon' is not a duration",
        "--max-clients many | freddie serve: --max-clients: 'many' is not a whole number",
      })
  void mistakesOfTheOperatorAreOneLine(String options, String line) throws Exception {
    String[] words = ("serve " + options).split(" ");
    assertFails(freddie(words), ExitCode.USAGE, line);
  }

  @Test
  void privilegedPortWithoutThePrivilegeIsOneLine() throws Exception {
    int port = 81;
    // Not Files.readString: it begins with one byte, and /proc/sys gives no more after that.
    int free =
        Integer.parseInt(
            HostCommand.run(List.of("cat", "/proc/sys/net/ipv4/ip_unprivileged_port_start"))
                .strip());
    boolean root = "root".equals(System.getProperty("user.name"));
    String missing =
        free <= port
            ? "ports from " + free + " need no privilege on this host"
            : root && HostCommand.find("setpriv").isEmpty()
                ? "root needs setpriv to give up the privilege"
                : "";
    if (!missing.isEmpty()) {
      System.err.println("SKIPPED: " + missing);
    }
    Assumptions.assumeTrue(missing.isEmpty(), missing);
    List<String> wrapper =
        root
            ? List.of(
                "setpriv", "--bounding-set=-net_bind_service", "--inh-caps=-net_bind_service", "--")
            : List.of();
    assertFails(
        under(wrapper, "serve", "--listen", "127.0.0.1:" + port),
        ExitCode.UNAVAILABLE,
        "freddie: cannot listen on TCP 127.0.0.1:81: Permission denied");
  }

  private static void assertFails(JavaProcess started, int exitCode, String line) throws Exception {
    try (JavaProcess freddie = started) {
      assertThat(freddie.exitCode()).as("%s", freddie.err()).isEqualTo(exitCode);
      assertThat(freddie.err()).hasSize(1);
      assertThat(freddie.err().get(0)).startsWith(line);
      assertThat(freddie.out()).isEmpty();
    }
  }

  private static JavaProcess freddie(String... arguments) throws IOException {
    return under(List.of(), arguments);
  }

  private static JavaProcess under(List<String> wrapper, String... arguments) throws IOException {
    return JavaProcess.start(wrapper, Map.of(), FreddieMain.class.getName(), arguments);
  }

  private static InetSocketAddress address(JsonObject ready) {
    URI url = URI.create(ready.get("url").getAsString());
    return new InetSocketAddress(url.getHost(), url.getPort());
  }

  private static HttpResponse<String> get(String url) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(30)).build(),
            HttpResponse.BodyHandlers.ofString());
  }
}
