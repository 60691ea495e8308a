// SPDX-License-Identifier: Apache-2.0
package tollway.netstated;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.lab.Await;
import tollway.lab.JavaProcess;
import tollway.netstate.GraphJson;
import tollway.netstate.GraphView;
import tollway.netstate.NetstateReporter;
import tollway.netstate.ReportToken;
import tollway.netstate.ReporterConfig;
import tollway.netstate.Role;

/** The processes as an operator runs them: what they say, what they return, what they withstand. */
final class NetstateProcessIT {
  private static final String NETSTATE = NetstateMain.class.getName();

  @TempDir private Path directory;

  private final HttpClient client = HttpClient.newHttpClient();

  @Test
  void saysWhenItIsReadyAndStopsInOrder() throws Exception {
    try (JavaProcess server = serve("127.0.0.1:0")) {
      JsonObject ready = server.event("ready");
      String url = ready.get("url").getAsString();
      assertThat(url).isEqualTo("http://127.0.0.1:" + ready.get("port").getAsInt() + "/");
      assertThat(get(url + "healthz")).isEqualTo("ok\n");
      assertThat(server.stop()).isZero();
      assertThat(server.out()).hasSize(1);
      assertThat(server.err()).isEmpty();
    }
  }

  @Test
  void aPortInUseIsOneLineAndOne() throws Exception {
    try (ServerSocket taken = new ServerSocket()) {
      taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      String address = "127.0.0.1:" + taken.getLocalPort();
      expect(
          1,
          "cannot listen on TCP " + address + ": Address already in use",
          Map.of(ReportToken.VARIABLE, Cast.SECRET),
          "serve",
          "--listen",
          address);
    }
  }

  @Test
  void usageErrorsAreOneLineAndTwo() throws Exception {
    Map<String, String> none = Map.of(ReportToken.VARIABLE, "");
    Path shortToken = Files.writeString(directory.resolve("token"), "short\n");
    expect(2, "Unknown option: '--nonsense'", none, "serve", "--nonsense");
    expect(2, "Unknown option: '--nonsense'", none, "watch", "--nonsense");
    expect(2, ReportToken.VARIABLE + ": a token has", none, "serve");
    expect(2, "no such file", none, "serve", "--token-file", "/nowhere");
    expect(2, "a token has", none, "serve", "--token-file", shortToken.toString());
    expect(2, "is not HOST:PORT", none, "serve", "--listen", "8090");
    expect(2, "is not the address of a netstate", none, "watch", "localhost");
    expect(2, "which command?", none);
  }

  @Test
  void nobodyThereIsOneLineAndThree() throws Exception {
    String url;
    try (ServerSocket free = new ServerSocket(0)) {
      url = "http://127.0.0.1:" + free.getLocalPort();
    }
    expect(3, "cannot watch " + url + ": connection refused", Map.of(), "watch", url);
  }

  @Test
  void aWrongTokenIsToldAndStoresNothing() throws Exception {
    try (JavaProcess server = serve("127.0.0.1:0")) {
      String url = server.event("ready").get("url").getAsString();
      HttpRequest forged =
          HttpRequest.newBuilder(URI.create(url + "v1/report"))
              .header("Authorization", "Bearer a-token-that-mallory-made-up")
              .POST(HttpRequest.BodyPublishers.ofByteArray(Cast.body(Cast.bob(), 1).toArray()))
              .build();
      HttpResponse<String> answer = client.send(forged, HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(401);
      assertThat(answer.body()).isEqualTo("the token is wrong\n");
      try (NetstateReporter mallory = reporter(url, "another-wrong-token");
          NetstateReporter alice = reporter(url, Cast.SECRET)) {
        mallory.update(Cast.bob());
        alice.update(Cast.alice());
        Await.until("alice is on the map", () -> !graph(url).nodes().isEmpty());
        assertThat(graph(url).nodes()).extracting(GraphView.Node::tag).containsExactly("alice");
      }
    }
  }

  @Test
  void garbageOnTheSocketDisturbsNobody() throws Exception {
    try (JavaProcess server = serve("127.0.0.1:0")) {
      JsonObject ready = server.event("ready");
      String url = ready.get("url").getAsString();
      try (JavaProcess viewer = JavaProcess.start(NETSTATE, "watch", "--json", url);
          NetstateReporter alice = reporter(url, Cast.SECRET)) {
        viewer.event("graph");
        alice.update(Cast.alice());
        Random random = new Random(8);
        for (int round = 0; round < 100; round++) {
          throwGarbage(ready.get("port").getAsInt(), random);
        }
        alice.update(Cast.alice(Cast.active(Cast.BOB, Role.WIDGET, 12_345)));
        Await.until(
            "the viewer sees what came after",
            () -> viewer.out().stream().anyMatch(line -> line.contains("12345")));
        assertThat(viewer.count("lost")).isZero();
        assertThat(viewer.stop()).isZero();
        assertThat(viewer.err()).isEmpty();
      }
      assertThat(server.stop()).isZero();
    }
  }

  @Test
  void watchersFindAServerThatCameBack() throws Exception {
    try (JavaProcess server = serve("127.0.0.1:0")) {
      String url = server.event("ready").get("url").getAsString();
      try (JavaProcess json = JavaProcess.start(NETSTATE, "watch", "--json", url);
          JavaProcess lines = JavaProcess.start(NETSTATE, "watch", url);
          NetstateReporter alice = reporter(url, Cast.SECRET)) {
        alice.update(Cast.alice(Cast.idle(Cast.BOB, Role.WIDGET)));
        Await.until("alice as a line", () -> lines.out().contains("alice (desktop) came"));
        Await.until("alice as JSON", () -> json.out().stream().anyMatch(l -> l.contains("alice")));
        int before = json.out().size();
        assertThat(server.stop()).isZero();
        assertThat(json.event("lost").get("why").getAsString()).isNotEmpty();
        Await.until("the loss on stderr", () -> !lines.err().isEmpty());
        String address = url.replaceAll("^http://|/$", "");
        try (JavaProcess again = serve(address)) {
          again.event("ready");
          Await.until(
              "alice again, as JSON",
              () ->
                  json.out().stream()
                      .skip(before)
                      .anyMatch(
                          line ->
                              line.startsWith("{\"event\":\"graph\"") && line.contains("alice")));
          Await.until(
              "alice again, as a line",
              () -> lines.out().stream().filter("alice (desktop) came"::equals).count() == 2);
          assertThat(lines.stop()).isZero();
          assertThat(json.stop()).isZero();
        }
        assertThat(lines.err())
            .singleElement()
            .asString()
            .startsWith("netstate: lost the server: ")
            .endsWith("; trying again");
        assertThat(String.join("\n", lines.out())).doesNotContain("\u001b").contains(" --> ");
        assertThat(json.err()).isEmpty();
      }
    }
  }

  private static JavaProcess serve(String address) throws IOException {
    return JavaProcess.start(
        List.of(),
        Map.of(ReportToken.VARIABLE, Cast.SECRET),
        NETSTATE,
        "serve",
        "--json",
        "--listen",
        address);
  }

  private static void expect(
      int code, String line, Map<String, String> environment, String... arguments)
      throws Exception {
    try (JavaProcess process = JavaProcess.start(List.of(), environment, NETSTATE, arguments)) {
      assertThat(process.exitCode()).as(String.join(" ", arguments)).isEqualTo(code);
      assertThat(process.out()).isEmpty();
      assertThat(process.err()).singleElement().asString().startsWith("netstate").contains(line);
    }
  }

  private static void throwGarbage(int port, Random random) {
    byte[] noise = new byte[1 + random.nextInt(2000)];
    random.nextBytes(noise);
    try (Socket mallory = new Socket(InetAddress.getLoopbackAddress(), port)) {
      mallory.getOutputStream().write(noise);
      mallory.shutdownOutput();
      mallory.getInputStream().readAllBytes();
    } catch (IOException reset) {
      assertThat(reset).isNotNull(); // The server may hang up in the middle.
    }
  }

  private static NetstateReporter reporter(String url, String token) {
    return NetstateReporter.start(ReporterConfig.of(url, ReportToken.of(token)));
  }

  private GraphView graph(String url) throws Exception {
    return GraphJson.parse(get(url + "v1/graph"));
  }

  private String get(String url) throws Exception {
    return client
        .send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }
}
