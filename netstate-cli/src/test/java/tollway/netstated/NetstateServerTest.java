// SPDX-License-Identifier: Apache-2.0
package tollway.netstated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.loop.ListenException;
import tollway.loop.NettyLoops;
import tollway.netstate.GraphJson;
import tollway.netstate.GraphLimits;
import tollway.netstate.GraphView;
import tollway.netstate.NetstateReporter;
import tollway.netstate.ReportCodec;
import tollway.netstate.ReporterConfig;
import tollway.netstate.Role;

/** The real server on a free port, by real HTTP. */
final class NetstateServerTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final HttpClient client = HttpClient.newHttpClient();
  private final NettyLoops loops = new NettyLoops(1);
  private NetstateServer server;

  @BeforeEach
  void start() throws IOException {
    restart(GraphLimits.DEFAULT);
  }

  @AfterEach
  void stop() {
    server.close();
    loops.close();
  }

  @Test
  void answersWhereItShould() throws Exception {
    assertThat(get("/healthz").body()).isEqualTo("ok\n");
    assertThat(get("/v1/graph").body()).isEqualTo("{\"version\":0,\"nodes\":[],\"links\":[]}");
    assertThat(get("/?theme=dark").statusCode()).isEqualTo(200);
    assertThat(get("/elsewhere").statusCode()).isEqualTo(404);
    assertThat(get("/v1/report").headers().firstValue("Allow")).contains("POST");
    HttpResponse<String> wrong = send(request("/v1/graph").DELETE().build());
    assertThat(wrong.statusCode()).isEqualTo(405);
    assertThat(wrong.headers().firstValue("Allow")).contains("GET, HEAD");
  }

  @Test
  void answersHeadWithoutABody() throws Exception {
    for (String path : List.of("/", "/v1/graph", "/v1/events", "/healthz")) {
      HttpResponse<String> head =
          send(request(path).method("HEAD", BodyPublishers.noBody()).build());
      assertThat(head.statusCode()).isEqualTo(200);
      assertThat(head.body()).isEmpty();
    }
  }

  @Test
  void showsWhatReportersTell() throws Exception {
    ReporterConfig config = ReporterConfig.of(url("/"), Cast.TOKEN);
    NetstateReporter alice = NetstateReporter.start(config);
    try (NetstateReporter bob = NetstateReporter.start(config)) {
      alice.update(Cast.alice(Cast.active(Cast.BOB, Role.WIDGET, 7)));
      bob.update(Cast.bob(Cast.active(Cast.ALICE, Role.DESKTOP, 6)));
      GraphView view =
          awaitGraph(graph -> graph.links().stream().anyMatch(GraphView.Link::confirmed));
      assertThat(view.nodes()).extracting(GraphView.Node::tag).containsExactly("alice", "bob");
      assertThat(view.links()).extracting(GraphView.Link::bytesPerSecond).containsExactly(7L);
      alice.close();
      assertThat(
              awaitGraph(graph -> graph.nodes().stream().noneMatch(n -> n.tag().equals("alice"))))
          .isNotNull();
    }
  }

  @Test
  void takesNothingWithoutTheToken() throws Exception {
    Bytes body = Cast.body(Cast.alice(), 1);
    for (String header :
        List.of("Bearer wrong-token-of-mallory", "Basic " + Cast.SECRET, "Bearer")) {
      HttpResponse<String> answer = send(report(body).setHeader("Authorization", header).build());
      assertThat(answer.statusCode()).isEqualTo(401);
      assertThat(answer.headers().firstValue("WWW-Authenticate")).contains("Bearer");
    }
    HttpRequest naked =
        request("/v1/report").POST(BodyPublishers.ofByteArray(body.toArray())).build();
    assertThat(send(naked).statusCode()).isEqualTo(401);
    assertThat(graph().nodes()).isEmpty();
  }

  @Test
  void malloryWithATokenDoesNoHarm() throws Exception {
    Bytes sound = Cast.body(Cast.alice(), 1);
    assertThat(send(report(sound).build()).statusCode()).isEqualTo(204);
    long version = graph().version();

    assertThat(send(report(sound).build()).statusCode()).isEqualTo(409); // A replay.
    assertThat(send(report(Bytes.ofUtf8("noise")).build()).statusCode()).isEqualTo(400);
    assertThat(send(report(Bytes.EMPTY).build()).statusCode()).isEqualTo(400);
    Bytes huge = Bytes.of(new byte[ReportCodec.MAX_BYTES + 1]);
    assertThat(send(report(huge).build()).statusCode()).isEqualTo(413);

    assertThat(graph().version()).isEqualTo(version);
    // A later protocol's fields are passed over.
    Bytes later = Cast.body(Cast.alice(), 2).plus(Bytes.ofHex("fa3e0568656c6c6f"));
    assertThat(send(report(later).build()).statusCode()).isEqualTo(204);
  }

  @Test
  void refusesMoreThanItCanHold() throws Exception {
    restart(new GraphLimits(1, 1, Duration.ofSeconds(15)));
    assertThat(send(report(Cast.body(Cast.alice(), 1)).build()).statusCode()).isEqualTo(204);
    assertThat(send(report(Cast.body(Cast.bob(), 1)).build()).statusCode()).isEqualTo(503);
  }

  @Test
  void tellsViewersOfEveryChangeAndOfSilence() throws Exception {
    restart(new GraphLimits(10, 10, Duration.ofMillis(300)));
    try (Socket viewer = connect()) {
      BufferedReader lines = ask(viewer, "GET /v1/events HTTP/1.1\r\nHost: x\r\n\r\n");
      awaitLine(lines, "content-type: text/event-stream; charset=utf-8");
      awaitData(lines, graph -> graph.nodes().isEmpty());
      assertThat(send(report(Cast.body(Cast.alice(), 1)).build()).statusCode()).isEqualTo(204);
      awaitData(lines, graph -> graph.nodes().size() == 1);
      awaitData(lines, graph -> graph.nodes().isEmpty());
    }
  }

  @Test
  void boundsTheNumberOfViewers() throws Exception {
    List<Socket> viewers = new ArrayList<>();
    try {
      for (int i = 0; i < EventStreams.MAX_STREAMS; i++) {
        viewers.add(connect());
        awaitLine(
            ask(viewers.get(i), "GET /v1/events HTTP/1.1\r\nHost: x\r\n\r\n"), "event: graph");
      }
      assertThat(get("/v1/events").statusCode()).isEqualTo(503);
      assertThat(get("/v1/graph").statusCode()).isEqualTo(200);
    } finally {
      for (Socket viewer : viewers) {
        viewer.close();
      }
    }
  }

  @Test
  void survivesGarbageOnTheSocket() throws Exception {
    Random random = new Random(3);
    for (int round = 0; round < 50; round++) {
      byte[] noise = new byte[1 + random.nextInt(3000)];
      random.nextBytes(noise);
      if (round % 2 == 0) {
        byte[] start = "POST /v1/report HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(start, 0, noise, 0, Math.min(start.length, noise.length));
      }
      try (Socket mallory = connect()) {
        mallory.getOutputStream().write(noise);
        mallory.shutdownOutput();
        mallory.getInputStream().readAllBytes();
      } catch (IOException reset) {
        assertThat(reset).isNotNull(); // The server may hang up in the middle.
      }
    }
    assertThat(get("/healthz").statusCode()).isEqualTo(200);
  }

  @Test
  void answersSeveralRequestsOnOneConnection() throws Exception {
    try (Socket socket = connect()) {
      String get = "GET http://any.example/healthz?x HTTP/1.1\r\nHost: any.example\r\n\r\n";
      BufferedReader lines = ask(socket, get + get);
      awaitLine(lines, "ok");
      awaitLine(lines, "ok");
    }
  }

  @Test
  void thePageKeepsToItsPolicy() throws Exception {
    HttpResponse<String> page = get("/");
    String policy = page.headers().firstValue("Content-Security-Policy").orElseThrow();
    assertThat(policy).startsWith("default-src 'none'; ").doesNotContain("unsafe");
    String html = page.body();
    assertThat(html.replace("http://www.w3.org/2000/svg", "")).doesNotContain("http:", "https:");
    assertThat(html).doesNotContain(" style=", "onclick", "innerHTML", "/*map.");
    Matcher script = Pattern.compile("(?s)<script>(.*)</script>").matcher(html);
    assertThat(script.find()).isTrue();
    byte[] digest =
        java.security.MessageDigest.getInstance("SHA-256")
            .digest(script.group(1).getBytes(StandardCharsets.UTF_8));
    assertThat(policy).contains("script-src 'sha256-" + Bytes.of(digest).base64() + "'");
  }

  @Test
  void saysWhenThePortIsTaken() {
    ServeConfig config = new ServeConfig(server.address(), Cast.TOKEN, GraphLimits.DEFAULT);
    assertThatThrownBy(() -> NetstateServer.start(loops, config))
        .isInstanceOf(ListenException.class)
        .hasMessage(
            "cannot listen on TCP 127.0.0.1:%d: Address already in use",
            server.address().getPort());
  }

  private interface Condition {
    boolean holds(GraphView view);
  }

  private void restart(GraphLimits limits) throws IOException {
    if (server != null) {
      server.close();
    }
    server =
        NetstateServer.start(
            loops,
            new ServeConfig(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Cast.TOKEN, limits));
  }

  private String url(String path) {
    return "http://127.0.0.1:" + server.address().getPort() + path;
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url(path))).timeout(LIMIT);
  }

  private HttpRequest.Builder report(Bytes body) {
    return request("/v1/report")
        .setHeader("Authorization", "Bearer " + Cast.SECRET)
        .POST(BodyPublishers.ofByteArray(body.toArray()));
  }

  private HttpResponse<String> get(String path) throws Exception {
    return send(request(path).GET().build());
  }

  private HttpResponse<String> send(HttpRequest request) throws Exception {
    return client.send(request, BodyHandlers.ofString());
  }

  private GraphView graph() throws Exception {
    return GraphJson.parse(get("/v1/graph").body());
  }

  private GraphView awaitGraph(Condition condition) throws Exception {
    try (Socket viewer = connect()) {
      return awaitData(ask(viewer, "GET /v1/events HTTP/1.0\r\n\r\n"), condition);
    }
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.address().getPort());
    socket.setSoTimeout((int) LIMIT.toMillis());
    return socket;
  }

  private static BufferedReader ask(Socket socket, String request) throws IOException {
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    InputStream in = socket.getInputStream();
    return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
  }

  private static void awaitLine(BufferedReader lines, String wanted) throws IOException {
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.equals(wanted)) {
        return;
      }
    }
    throw new AssertionError("the server hung up before it said " + wanted);
  }

  private static GraphView awaitData(BufferedReader lines, Condition condition) throws Exception {
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith("data: {")) {
        GraphView view = GraphJson.parse(line.substring("data: ".length()));
        if (condition.holds(view)) {
          return view;
        }
      }
    }
    throw new AssertionError("the stream ended too early");
  }
}
