// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.net.InetAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tollway.lab.Await;
import tollway.signaling.v1.V1Post;

/** What Mallory tries at the door of Unbounded clients, and that nobody else suffers from it. */
final class V1HostileTest {
  private static final int CLIENTS = 40;
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final String VERSION = "v2.3.1";
  private static final String OFFER = "{\"SDP\":{\"type\":\"offer\",\"sdp\":\"\"}}";

  private Town town;

  @BeforeEach
  void openTown() throws Exception {
    town = new Town(new FreddieConfig.Limits(CLIENTS, 1 << 20, PATIENCE));
  }

  /** Whatever Mallory did: others meet as if nothing had been, and nothing is left. */
  @AfterEach
  void othersAreServedAndTownCloses() throws Exception {
    try {
      Await.until("Mallory has left", () -> town.metric("freddie_v1_connections") == 0);
      CompletableFuture<List<String>> consumed =
          new StockClient(town.address(), VERSION, false).consumes();
      new StockClient(town.address(), VERSION, false).produces("{}").get(60, TimeUnit.SECONDS);
      assertThat(consumed.get(60, TimeUnit.SECONDS)).hasSize(2);
      Await.until("all have left", () -> town.metric("freddie_v1_connections") == 0);
      assertThat(town.metric("freddie_v1_held_bytes")).isZero();
      Await.until("nothing waits", () -> town.metric("freddie_unread_bytes") == 0);
      assertThat(town.metric("freddie_v1_handshakes")).isZero();
    } finally {
      town.close();
    }
  }

  @Test
  void oversizeFormIsRefusedBeforeItIsRead() throws Exception {
    assertThat(
            town.exchange(
                "POST /v1/signal HTTP/1.1\r\nHost: x\r\nContent-Length: "
                    + (V1Post.FORM_LIMIT + 1)
                    + "\r\nExpect: 100-continue\r\n\r\n"))
        .startsWith("HTTP/1.1 413 ")
        .contains("Connection: close\r\n")
        .endsWith("\r\n\r\n413\n");
  }

  @Test
  void oversizeFormInChunksIsRefusedOnceItIsTooLong() throws Exception {
    try (V1Client mallory = new V1Client(town.address())) {
      mallory.say(chunkedHead());
      for (int i = 0; i < V1Post.FORM_LIMIT / 4096 + 1; i++) {
        mallory.say("1000\r\n" + "x".repeat(4096) + "\r\n");
      }
      assertThat(mallory.hear().status()).isEqualTo(413);
      assertThat(mallory.hearEnd()).isEmpty();
    }
  }

  @Test
  void formInChunksOrAfterAQuestionIsRead() throws Exception {
    String form = V1Client.form(1, "nobody", OFFER);
    try (V1Client client = new V1Client(town.address())) {
      client.say(
          chunkedHead()
              + "5\r\n"
              + form.substring(0, 5)
              + "\r\n"
              + Integer.toHexString(form.length() - 5)
              + "\r\n"
              + form.substring(5)
              + "\r\n0\r\n\r\n");
      assertThat(client.hear().status()).isEqualTo(404);
      String request = V1Client.post(VERSION, form);
      int head = request.indexOf("\r\n\r\n");
      client.say(request.substring(0, head) + "\r\nExpect: 100-continue\r\n\r\n");
      assertThat(client.hearHead().status()).isEqualTo(100);
      client.say(form);
      assertThat(client.hear().status()).isEqualTo(404);
    }
  }

  @Test
  void brokenChunksAreABadRequest() throws Exception {
    assertThat(town.exchange(chunkedHead() + "zz\r\nnot a chunk\r\n"))
        .startsWith("HTTP/1.1 400 ")
        .endsWith("\r\n\r\n400\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "data=%7B%7D",
        "data=%7&send-to=genesis&type=0",
        "data=%zz&send-to=genesis&type=0",
        "data=%ff&send-to=genesis&type=0",
        "data={}&send-to=genesis&type=4",
        "data={}&send-to=genesis&type=1",
        "data={}&send-to=x&type=0",
        "data=nonsense&send-to=genesis&type=0",
      })
  void badFormsAreABadRequestAndTheConnectionGoesOn(String form) throws Exception {
    try (V1Client mallory = new V1Client(town.address())) {
      for (int i = 0; i < 2; i++) {
        mallory.say(V1Client.post(VERSION, form));
        assertThat(mallory.hear())
            .isEqualTo(
                new V1Client.Answer(
                    400,
                    V1Client.head(
                        "HTTP/1.1 400 Bad Request",
                        "Access-Control-Allow-Origin: *",
                        "Date: *",
                        "Content-Length: 4",
                        "Content-Type: text/plain; charset=utf-8"),
                    "400\n"));
      }
    }
  }

  @Test
  void whatIsNoFormOrNoMethodOfOursIsRefused() throws Exception {
    String form = V1Client.form(0, "genesis", "{}");
    String request = V1Client.post(VERSION, form);
    try (V1Client mallory = new V1Client(town.address())) {
      mallory.say(request.replace("application/x-www-form-urlencoded", "multipart/form-data"));
      assertThat(mallory.hear().status()).isEqualTo(400);
      mallory.say(request.replaceFirst("Content-Type: .*\r\n", ""));
      assertThat(mallory.hear().status()).isEqualTo(400);
      mallory.say(V1Client.post(VERSION, "").replace("/v1/signal", "/v1/signal?" + form));
      assertThat(mallory.hear().status()).isEqualTo(400);
      mallory.say(V1Client.get(VERSION).replace("GET", "DELETE"));
      assertThat(mallory.hear().head()).contains(" 405 ", "Allow: GET, OPTIONS, POST\r\n");
    }
  }

  @Test
  void messageThatWouldSwellIsRefused() throws Exception {
    try (V1Client mallory = new V1Client(town.address())) {
      String data = "{\"sdp\":\"" + "<".repeat(V1Post.FORM_LIMIT - 100) + "\"}";
      mallory.say(V1Client.post(VERSION, "type=2&send-to=x&data=" + data));
      assertThat(mallory.hear().status()).isEqualTo(413);
    }
  }

  @Test
  void forgedAnswersReachNobody() throws Exception {
    try (V1Client stream = new V1Client(town.address());
        V1Client producer = new V1Client(town.address());
        V1Client mallory = new V1Client(town.address())) {
      stream.say(V1Client.get(VERSION));
      producer.say(V1Client.post(VERSION, V1Client.form(0, "genesis", "{}")));
      stream.hearHead();
      String id = replyTo(stream.hearChunk());
      // Stock producers end when these reach them.
      mallory.say(V1Client.post(VERSION, V1Client.form(2, id, "{\"type\":\"answer\"}")));
      assertThat(mallory.hear().status()).isEqualTo(400);
      mallory.say(V1Client.post(VERSION, V1Client.form(3, id, "{}")));
      assertThat(mallory.hear().status()).isEqualTo(400);
      mallory.say(V1Client.post("v0.0.2", V1Client.form(1, id, OFFER)));
      assertThat(mallory.hear().status()).isEqualTo(404);
      mallory.say(V1Client.post(VERSION, V1Client.form(1, id.toUpperCase(Locale.ROOT), OFFER)));
      assertThat(mallory.hear().status()).isEqualTo(404);
      // The first offer has it, and only the first.
      mallory.say(V1Client.post(VERSION, V1Client.form(1, id, OFFER)));
      assertThat(producer.hear().body()).contains("\"Type\":1,");
      try (V1Client late = new V1Client(town.address())) {
        late.say(V1Client.post(VERSION, V1Client.form(1, id, OFFER)));
        assertThat(late.hear().status()).isEqualTo(404);
      }
    }
  }

  @Test
  void whoVanishesInTheMiddleLeavesNothing() throws Exception {
    String request = V1Client.post(VERSION, V1Client.form(0, "genesis", "{}"));
    for (int cut = 0; cut <= request.length(); cut += 7) {
      try (V1Client mallory = new V1Client(town.address())) {
        mallory.say(request.substring(0, cut));
      }
    }
    Await.until("nobody waits", () -> town.metric("freddie_v1_producers_free") == 0);
  }

  @Test
  void whoAsksAndIsGoneAtOnceIsNotWaitedFor() throws Exception {
    for (int i = 0; i < 200; i++) {
      try (V1Client mallory = new V1Client(town.address())) {
        mallory.say(V1Client.get(VERSION));
      }
    }
    // Long before a stream would be ended.
    Await.until(
        "nobody waits",
        Duration.ofSeconds(10),
        () ->
            town.metric("freddie_v1_requests_total{method=\"GET\"}") > 0
                && town.metric("freddie_v1_consumers_waiting") == 0);
  }

  @Test
  void noiseInRequestsEndsThemAndNothingElse() throws Exception {
    Random random = new Random(7);
    String stock = V1Client.post(VERSION, V1Client.form(0, "genesis", "{}"));
    for (int round = 0; round < 300; round++) {
      StringBuilder noisy = new StringBuilder(stock);
      for (int i = 0; i <= random.nextInt(6); i++) {
        noisy.setCharAt(random.nextInt(noisy.length()), (char) random.nextInt(256));
      }
      try (V1Client mallory = new V1Client(town.address())) {
        mallory.say(noisy.toString());
      } catch (SocketException cutOff) {
        assertThat(round).isNotNegative(); // freddie closed while we still wrote.
      }
    }
  }

  @Test
  void slowLorisIsCutOffWhereverSheDawdles() throws Exception {
    String request = V1Client.post(VERSION, V1Client.form(0, "genesis", "{}"));
    int body = request.indexOf("\r\n\r\n") + 6;
    try (V1Client head = new V1Client(town.address());
        V1Client form = new V1Client(town.address());
        V1Client second = new V1Client(town.address())) {
      head.say(request.substring(0, 20));
      form.say(request.substring(0, body));
      second.say(V1Client.get("v1.0.0"));
      assertThat(second.hear().status()).isEqualTo(418);
      second.say(request.substring(0, body));
      assertThat(head.hearEnd() + form.hearEnd() + second.hearEnd()).isEmpty();
      assertThat(town.metric("freddie_cut_off_total{why=\"unproved\"}")).isEqualTo(3);
    }
  }

  @Test
  void whoTurnsToTheOtherProtocolIsInAHurryAgain() throws Exception {
    try (V1Client mallory = new V1Client(town.address())) {
      mallory.say(V1Client.get("v1.0.0"));
      assertThat(mallory.hear().status()).isEqualTo(418);
      assertThat(town.metric("freddie_v1_connections")).isEqualTo(1);
      mallory.say(
          V1Client.head(
              "GET /v2/signal HTTP/1.1",
              "Host: x",
              "Upgrade: websocket",
              "Connection: Upgrade",
              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
              "Sec-WebSocket-Version: 13"));
      assertThat(mallory.hearHead().status()).isEqualTo(101);
      assertThat(town.metric("freddie_v1_connections")).isZero();
      mallory.hearEnd();
      assertThat(town.metric("freddie_cut_off_total{why=\"unproved\"}")).isEqualTo(1);
    }
  }

  @Test
  void whoAsksAheadIsAnsweredOnce() throws Exception {
    String request = V1Client.post(VERSION, V1Client.form(1, "nobody", OFFER));
    try (V1Client mallory = new V1Client(town.address())) {
      mallory.say(request + request + request);
      V1Client.Answer answer = mallory.hear();
      assertThat(answer.status()).isEqualTo(404);
      assertThat(answer.head()).contains("Connection: close\r\n");
      assertThat(mallory.hearEnd()).isEmpty();
    }
    try (V1Client mallory = new V1Client(town.address())) {
      mallory.say(V1Client.get(VERSION));
      Await.until("it listens", () -> town.metric("freddie_v1_consumers_waiting") == 1);
      for (int i = 0; i < 40; i++) {
        mallory.say("POST / HTTP/1.1\r\nContent-Length: 4000\r\n\r\n" + "x".repeat(4000));
      }
      assertThat(mallory.hearEnd()).isEmpty();
    } catch (SocketException cutOff) {
      assertThat(town.metric("freddie_v1_consumers_waiting")).isZero();
    }
  }

  @Test
  void whoDoesNotReadWhatIsOfferedIsCutOff() throws Exception {
    String genesis = "{\"x\":\"" + "x".repeat(V1Post.GENESIS_LIMIT - 100) + "\"}";
    try (V1Client deaf = new V1Client(town.address())) {
      deaf.say(V1Client.get(VERSION));
      Await.until("it listens", () -> town.metric("freddie_v1_consumers_waiting") == 1);
      Await.until(
          "it is cut off",
          () -> {
            try (V1Client producer = new V1Client(town.address())) {
              producer.say(V1Client.post(VERSION, V1Client.form(0, "genesis", genesis)));
              Await.until("it is known", () -> town.metric("freddie_v1_producers_free") > 0);
            }
            Await.until("it is gone", () -> town.metric("freddie_v1_producers_free") == 0);
            return town.metric("freddie_cut_off_total{why=\"not_reading\"}") == 1;
          });
    }
  }

  @Test
  void formsThatDoNotEndAreBoundedTogether() throws Exception {
    List<V1Client> crowd = new ArrayList<>();
    try {
      String head = V1Client.post(VERSION, "x".repeat(V1Post.FORM_LIMIT)).split("\r\n\r\n")[0];
      for (int i = 0; i < 20; i++) {
        V1Client mallory = new V1Client(town.address());
        crowd.add(mallory);
        mallory.say(head + "\r\n\r\n" + "x".repeat(V1Post.FORM_LIMIT - 1));
        assertThat(town.metric("freddie_v1_held_bytes")).isLessThanOrEqualTo((1 << 20) + 8192);
      }
      Await.until(
          "some are refused", () -> town.metric("freddie_v1_answers_total{status=\"503\"}") > 0);
    } finally {
      for (V1Client one : crowd) {
        one.close();
      }
    }
  }

  @Test
  void tenThousandIdleListenersAreBounded() throws Exception {
    List<V1Client> crowd = new ArrayList<>();
    try {
      for (int i = 0; i < CLIENTS; i++) {
        V1Client one = new V1Client(town.address());
        crowd.add(one);
        one.say(V1Client.get(VERSION));
      }
      Await.until("all listen", () -> town.metric("freddie_v1_consumers_waiting") == CLIENTS);
      try (V1Client late = new V1Client(town.address())) {
        late.say(V1Client.get(VERSION));
        assertThat(late.hear())
            .isEqualTo(
                new V1Client.Answer(
                    503,
                    V1Client.head(
                        "HTTP/1.1 503 Service Unavailable",
                        "Access-Control-Allow-Origin: *",
                        "Retry-After: 5",
                        "Date: *",
                        "Content-Length: 4",
                        "Content-Type: text/plain; charset=utf-8",
                        "Connection: close"),
                    "503\n"));
        assertThat(late.hearEnd()).isEmpty();
      }
      // Told like one whom nobody wants, so that it does not come back at once.
      try (V1Client late = new V1Client(town.address())) {
        long begun = System.nanoTime();
        late.say(V1Client.post(VERSION, V1Client.form(0, "genesis", "{}")));
        assertThat(late.hear().head()).contains(" 200 OK\r\n", "Content-Length: 0\r\n");
        assertThat(Duration.ofNanos(System.nanoTime() - begun))
            .isGreaterThanOrEqualTo(Duration.ofSeconds(5));
      }
      for (int i = CLIENTS; i < 10_000; i++) {
        V1Client one = new V1Client(town.address());
        one.say(V1Client.get(VERSION));
        if (i < CLIENTS + 100) {
          crowd.add(one);
        } else {
          one.close();
        }
      }
      Await.until("those beyond have gone", () -> town.metric("freddie_v1_connections") <= CLIENTS);
      assertThat(town.metric("freddie_v1_consumers_waiting")).isLessThanOrEqualTo(CLIENTS);
    } finally {
      for (V1Client one : crowd) {
        one.close();
      }
    }
  }

  @Test
  void oneAddressHasItsShareOfConnections() throws Exception {
    V1Crowd crowd = new V1Crowd(2);
    InetAddress mallory = InetAddress.getByName("203.0.113.9");
    assertThat(crowd.begin(mallory)).isTrue();
    assertThat(crowd.begin(mallory)).isTrue();
    assertThat(crowd.begin(mallory)).isFalse();
    assertThat(crowd.begin(InetAddress.getByName("203.0.113.8"))).isTrue();
    crowd.end(mallory);
    assertThat(crowd.begin(mallory)).isFalse();
    crowd.end(mallory);
    crowd.end(mallory);
    assertThat(crowd.begin(mallory)).isTrue();
    for (String front : List.of("127.0.0.1", "10.0.0.1", "::1", "fd00::1", "fe80::1")) {
      for (int i = 0; i < 5; i++) {
        assertThat(crowd.begin(InetAddress.getByName(front))).isTrue();
      }
    }
    assertThat(crowd.begin(InetAddress.getByName("2001:db8:0:1::1"))).isTrue();
    assertThat(crowd.begin(InetAddress.getByName("2001:db8:0:1:ffff::2"))).isTrue();
    assertThat(crowd.begin(InetAddress.getByName("2001:db8:0:1::3"))).isFalse();
    assertThat(crowd.begin(InetAddress.getByName("2001:db8:0:2::1"))).isTrue();
  }

  @Test
  void oneConnectionAsksNoFasterThanItMay() {
    V1Pace pace = new V1Pace(0);
    for (int i = 0; i < 20; i++) {
      assertThat(pace.delay(0)).isZero();
    }
    assertThat(pace.delay(0)).isEqualTo(200_000_000);
    assertThat(pace.delay(200_000_000)).isEqualTo(200_000_000);
    assertThat(pace.delay(10_000_000_000L)).isZero();
  }

  @Test
  void freddieThatDoesNotServeThemSaysNotFound() throws Exception {
    try (Town strict = new Town(FreddieConfig.Limits.of(10).withV1PerAddress(0))) {
      assertThat(strict.exchange(V1Client.get(VERSION))).startsWith("HTTP/1.1 404 ");
    }
  }

  private static String chunkedHead() {
    return V1Client.post(VERSION, "")
        .replace("Content-Length: 0\r\n", "Transfer-Encoding: chunked\r\n");
  }

  private static String replyTo(String message) {
    return JsonParser.parseString(message).getAsJsonObject().get("ReplyTo").getAsString();
  }
}
