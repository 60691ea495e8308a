// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tollway.lab.Await;
import tollway.signaling.Signal;

/** What freddie says to Unbounded clients, byte by byte, and that they meet. */
final class V1SignalTest {
  private static final String U26 = "v2.3.1";
  private static final String B24 = "v0.0.2";
  private static final String GENESIS =
      "{\"PathAssertion\":{\"Allow\":[{\"Host\":\"$\",\"Distance\":1}],\"Deny\":null,"
          + "\"JITUnavailable\":false}}";
  private static final String OFFER = "{\"SDP\":{\"type\":\"offer\",\"sdp\":\"v=0\"},\"Tag\":\"\"}";
  private static final String ANSWER = "{\"type\":\"answer\",\"sdp\":\"v=0\"}";
  private static final String ICE = "{\"Candidates\":[],\"ConsumerSessionID\":\"9d\"}";
  private static final String NOBODY = "00000000-0000-4000-8000-000000000000";
  private static final String UUID = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-.{12}";

  private Town town;

  @BeforeEach
  void openTown() throws IOException {
    town = new Town();
  }

  @AfterEach
  void closeTown() {
    town.close();
  }

  @ParameterizedTest
  @CsvSource({"v2.3.1,true", "v2.3.1,false", "v0.0.2,true", "v0.0.2,false"})
  void twoStockClientsMeet(String version, boolean keepAlive) throws Exception {
    StockClient volunteer = new StockClient(town.address(), version, keepAlive);
    StockClient alice = new StockClient(town.address(), version, keepAlive);
    CompletableFuture<List<String>> produced = volunteer.produces(GENESIS);
    CompletableFuture<List<String>> consumed = alice.consumes();
    assertThat(consumed.get(60, TimeUnit.SECONDS))
        .containsExactly(GENESIS, "{\"type\":\"answer\",\"sdp\":\"v=0\\r\\n<&>\"}");
    assertThat(produced.get(60, TimeUnit.SECONDS))
        .containsExactly(
            "{\"SDP\":{\"type\":\"offer\",\"sdp\":\"v=0\\r\\n\"},\"Tag\":\"Bob é\"}",
            alice.candidates());
    assertThat(town.metric("freddie_v1_matches_made_total")).isEqualTo(1);
    assertThat(town.metric("freddie_v1_handshakes_ended_total")).isEqualTo(1);
  }

  @Test
  void manyConsumersShareManyProducersWithoutAWastedOffer() throws Exception {
    List<CompletableFuture<List<String>>> all = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      all.add(new StockClient(town.address(), U26, true).consumes());
    }
    Await.until("all listen", () -> town.metric("freddie_v1_consumers_waiting") == 8);
    for (int i = 0; i < 8; i++) {
      all.add(new StockClient(town.address(), U26, false).produces(GENESIS));
    }
    for (CompletableFuture<List<String>> each : all) {
      assertThat(each.get(60, TimeUnit.SECONDS)).hasSize(2);
    }
    assertThat(town.metric("freddie_v1_handshakes_ended_total")).isEqualTo(8);
    assertThat(town.metric("freddie_v1_answers_total{status=\"404\"}")).isZero();
  }

  @Test
  void conversationHasTheBytesOfUnboundedsServer() throws Exception {
    try (V1Client stream = new V1Client(town.address());
        V1Client producer = new V1Client(town.address());
        V1Client consumer = new V1Client(town.address())) {
      stream.say(V1Client.get(U26));
      producer.say(V1Client.post(U26, V1Client.form(0, "genesis", GENESIS)));

      assertThat(stream.hearHead().head())
          .isEqualTo(
              V1Client.head(
                  "HTTP/1.1 200 OK",
                  "Access-Control-Allow-Origin: *",
                  "Date: *",
                  "Content-Type: text/plain; charset=utf-8",
                  "Transfer-Encoding: chunked"));
      String genesis = stream.hearChunk();
      String id = replyTo(genesis);
      assertThat(genesis)
          .isEqualTo(
              "{\"ReplyTo\":\""
                  + id
                  + "\",\"Type\":0,\"Payload\":\"{\\\"PathAssertion\\\":{\\\"Allow\\\":[{"
                  + "\\\"Host\\\":\\\"$\\\",\\\"Distance\\\":1}],\\\"Deny\\\":null,"
                  + "\\\"JITUnavailable\\\":false}}\"}\n");
      stream.hangUp();

      consumer.say(V1Client.post(U26, V1Client.form(1, id, OFFER)));
      V1Client.Answer offered = producer.hear();
      assertThat(offered.body())
          .matches("\\{\"ReplyTo\":\"" + UUID + "\",\"Type\":1,\"Payload\":\"\\{\\\\\"SDP.*\"}\n");
      assertThat(offered.head())
          .isEqualTo(
              "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nDate: *\r\nContent-Length: "
                  + offered.body().length()
                  + "\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n");
      producer.say(V1Client.post(U26, V1Client.form(2, replyTo(offered.body()), ANSWER)));
      String answered = consumer.hear().body();
      assertThat(answered).contains("\"Type\":2,");
      consumer.say(V1Client.post(U26, V1Client.form(3, replyTo(answered), ICE)));
      V1Client.Answer end = consumer.hear();
      assertThat(end.head())
          .isEqualTo(
              V1Client.head(
                  "HTTP/1.1 200 OK",
                  "Access-Control-Allow-Origin: *",
                  "Date: *",
                  "Content-Length: 0"));
      assertThat(producer.hear().body()).contains("\"Type\":3,");
    }
  }

  @Test
  void browsersAreAllowedToAsk() throws Exception {
    try (V1Client browser = new V1Client(town.address())) {
      browser.say(
          V1Client.head(
              "OPTIONS /v1/signal HTTP/1.1",
              "Host: x",
              "Origin: https://example.org",
              "Access-Control-Request-Method: POST",
              "Access-Control-Request-Headers: x-bf-version"));
      assertThat(browser.hear().head())
          .isEqualTo(
              V1Client.head(
                  "HTTP/1.1 200 OK",
                  "Access-Control-Allow-Credentials: *",
                  "Access-Control-Allow-Headers: Access-Control-Allow-Headers, Origin, Accept, X-Requested-With, Content-Type, Access-Control-Request-Method, Access-Control-Request-Headers, X-BF-Version",
                  "Access-Control-Allow-Methods: GET,HEAD,OPTIONS,POST,PUT",
                  "Access-Control-Allow-Origin: *",
                  "Date: *",
                  "Content-Length: 0"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1.0.0", "v3.0.0", "2.3.1", ""})
  void otherVersionsMeetATeapot(String version) throws Exception {
    try (V1Client client = new V1Client(town.address())) {
      for (String request :
          List.of(
              V1Client.get(version),
              V1Client.post(version, V1Client.form(0, "genesis", GENESIS)),
              V1Client.get(version).replaceFirst("X-Bf-Version: .*\r\n", ""))) {
        client.say(request);
        assertThat(client.hear())
            .isEqualTo(
                new V1Client.Answer(
                    418,
                    V1Client.head(
                        "HTTP/1.1 418 I'm a teapot",
                        "Access-Control-Allow-Origin: *",
                        "Date: *",
                        "Content-Length: 4",
                        "Content-Type: text/plain; charset=utf-8"),
                    "418\n"));
      }
    }
  }

  @Test
  void whoIsGoneIsNotFoundAtOnce() throws Exception {
    try (V1Client stream = new V1Client(town.address());
        V1Client producer = new V1Client(town.address());
        V1Client consumer = new V1Client(town.address())) {
      producer.say(V1Client.post(U26, V1Client.form(0, "genesis", GENESIS)));
      stream.say(V1Client.get(U26));
      stream.hearHead();
      String id = replyTo(stream.hearChunk());
      producer.hangUp();
      Await.until("it is noticed", () -> town.metric("freddie_v1_producers_free") == 0);
      for (String sendTo : List.of(id, NOBODY, "", "x".repeat(5000))) {
        consumer.say(V1Client.post(U26, V1Client.form(1, sendTo, OFFER)));
        assertThat(consumer.hear())
            .isEqualTo(
                new V1Client.Answer(
                    404,
                    V1Client.head(
                        "HTTP/1.1 404 Not Found",
                        "Access-Control-Allow-Origin: *",
                        "Date: *",
                        "Content-Length: 4",
                        "Content-Type: text/plain; charset=utf-8"),
                    "404\n"));
      }
    }
    Await.until("all have left", () -> town.metric("freddie_v1_connections") == 0);
    assertThat(town.metric("freddie_v1_consumers_waiting")).isZero();
  }

  @Test
  void genesisThatNobodyWantsIsAnsweredWithNothingAfterFiveSeconds() throws Exception {
    try (V1Client producer = new V1Client(town.address())) {
      long begun = System.nanoTime();
      producer.say(V1Client.post(U26, V1Client.form(0, "genesis", GENESIS)));
      V1Client.Answer answer = producer.hear();
      assertThat(Duration.ofNanos(System.nanoTime() - begun))
          .isGreaterThanOrEqualTo(Duration.ofSeconds(5));
      assertThat(answer.head())
          .isEqualTo(
              V1Client.head(
                  "HTTP/1.1 200 OK",
                  "Access-Control-Allow-Origin: *",
                  "Date: *",
                  "Content-Length: 0"));
    }
  }

  @Test
  void genesisThatIsNotTakenUpGoesToTheNextConsumer() throws Exception {
    try (V1Client first = new V1Client(town.address());
        V1Client second = new V1Client(town.address());
        V1Client producer = new V1Client(town.address())) {
      first.say(V1Client.get(U26));
      Await.until("the first listens", () -> town.metric("freddie_v1_consumers_waiting") == 1);
      second.say(V1Client.get(U26));
      Await.until("both listen", () -> town.metric("freddie_v1_consumers_waiting") == 2);
      producer.say(V1Client.post(U26, V1Client.form(0, "genesis", GENESIS)));
      first.hearHead();
      String told = first.hearChunk();
      first.hangUp();
      second.hearHead();
      assertThat(second.hearChunk()).isEqualTo(told);
      second.hangUp();
      try (V1Client offer = new V1Client(town.address())) {
        offer.say(V1Client.post(U26, V1Client.form(1, replyTo(told), OFFER)));
        assertThat(producer.hear().body()).contains("\"Type\":1,");
      }
      assertThat(town.metric("freddie_v1_genesis_unused_total")).isEqualTo(1);
    }
  }

  @Test
  void streamGoesOnAndIsEndedAfterTwentySeconds() throws Exception {
    try (V1Client stream = new V1Client(town.address());
        V1Client quiet = new V1Client(town.address());
        V1Client producer = new V1Client(town.address())) {
      long begun = System.nanoTime();
      stream.say(V1Client.get(U26));
      quiet.say(V1Client.get(B24));
      producer.say(V1Client.post(U26, V1Client.form(0, "genesis", GENESIS)));
      stream.hearHead();
      String first = stream.hearChunk();
      assertThat(producer.hear().body()).isEmpty();
      producer.say(V1Client.post(U26, V1Client.form(0, "genesis", GENESIS)));
      assertThat(replyTo(stream.hearChunk())).isNotEqualTo(replyTo(first));
      assertThat(stream.hearChunk()).isEmpty();
      assertThat(Duration.ofNanos(System.nanoTime() - begun))
          .isGreaterThanOrEqualTo(Duration.ofSeconds(20));
      assertThat(quiet.hear().head()).contains("Content-Length: 0\r\n");
      // Both connections serve the next request.
      stream.say(V1Client.get("v9.0.0"));
      assertThat(stream.hear().status()).isEqualTo(418);
    }
  }

  @Test
  void oldProtocolVersionSpeaksWithoutChunks() throws Exception {
    try (V1Client stream = new V1Client(town.address());
        V1Client producer = new V1Client(town.address())) {
      stream.say(V1Client.get(U26).replace("HTTP/1.1", "HTTP/1.0"));
      producer.say(V1Client.post(U26, V1Client.form(0, "genesis", GENESIS)));
      assertThat(stream.hearHead().head())
          .isEqualTo(
              V1Client.head(
                  "HTTP/1.1 200 OK",
                  "Access-Control-Allow-Origin: *",
                  "Date: *",
                  "Content-Type: text/plain; charset=utf-8",
                  "Connection: close"));
      town.stopFreddie();
      assertThat(stream.hearEnd()).startsWith("{\"ReplyTo\":").endsWith("}\n");
    }
  }

  @Test
  void otherPathsOnTheSameConnectionAreServed() throws Exception {
    try (V1Client client = new V1Client(town.address())) {
      client.say(V1Client.get("v1.0.0"));
      assertThat(client.hear().status()).isEqualTo(418);
      client.say("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(client.hear().body()).isEqualTo("ok\n");
    }
    assertThat(town.exchange("GET /v1/signals HTTP/1.1\r\nHost: x\r\n\r\n"))
        .startsWith("HTTP/1.1 404 ");
    assertThat(town.exchange("GET /v1/signal?x=y HTTP/1.0\r\nHost: x\r\n\r\n"))
        .startsWith("HTTP/1.1 418 ");
  }

  @Test
  void bothProtocolsShareTheHouseButNotTheMarket() throws Exception {
    Person volunteer = town.person();
    volunteer.offers(1);
    volunteer.connected();
    try (V1Client stream = new V1Client(town.address())) {
      stream.say(V1Client.get(U26));
      Await.until("it listens", () -> town.metric("freddie_v1_consumers_waiting") == 1);
      Person alice = town.person();
      alice.wishes(1);
      assertThat(alice.hears(Signal.Matched.class).peer()).isEqualTo(volunteer.nodeId());
      assertThat(town.page("/metrics"))
          .contains(
              "freddie_clients 2\n",
              "freddie_v1_connections 1\n",
              "freddie_v1_matches_made_total 0\n",
              "freddie_v1_requests_total{method=\"GET\"} 1\n",
              "freddie_v1_answers_total{status=\"418\"} 0\n",
              "freddie_v1_held_bytes 0\n");
    }
  }

  @Test
  void everyoneIsAnsweredWhenItStops() throws Exception {
    try (V1Client stream = new V1Client(town.address());
        V1Client quiet = new V1Client(town.address());
        V1Client producer = new V1Client(town.address());
        V1Client idle = new V1Client(town.address())) {
      idle.say(V1Client.get("v1.0.0"));
      idle.hear();
      stream.say(V1Client.get(U26));
      quiet.say(V1Client.get(B24));
      producer.say(V1Client.post(U26, V1Client.form(0, "genesis", GENESIS)));
      stream.hearHead();
      stream.hearChunk();
      Await.until("all wait", () -> town.metric("freddie_v1_consumers_waiting") == 2);
      town.stopFreddie();
      assertThat(stream.hearChunk()).isEmpty();
      assertThat(stream.hearEnd()).isEmpty();
      for (V1Client each : List.of(quiet, producer)) {
        assertThat(each.hear().head())
            .isEqualTo(
                V1Client.head(
                    "HTTP/1.1 200 OK",
                    "Access-Control-Allow-Origin: *",
                    "Date: *",
                    "Content-Length: 0",
                    "Connection: close"));
        assertThat(each.hearEnd()).isEmpty();
      }
      assertThat(idle.hearEnd()).isEmpty();
    }
  }

  private static String replyTo(String message) {
    String id = JsonParser.parseString(message).getAsJsonObject().get("ReplyTo").getAsString();
    assertThat(id).matches(UUID);
    return id;
  }
}
