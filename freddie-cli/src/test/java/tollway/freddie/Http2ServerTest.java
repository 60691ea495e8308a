// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.lab.TestCertificates;
import tollway.signaling.Poll;
import tollway.signaling.PollCodec;
import tollway.signaling.Signal;
import tollway.signaling.SignalingCodec;
import tollway.tls.ServerTls;

/** HTTP/2 over TLS, with a client that others made: everything by one connection. */
final class Http2ServerTest {
  private Town town;
  private HttpClient http;

  @BeforeEach
  void openTown() throws Exception {
    TestCertificates authority = new TestCertificates();
    TestCertificates.Certified own = authority.certify("freddie", "EC", Duration.ofDays(1));
    town =
        new Town(
            FreddieConfig.Limits.of(100), Optional.of(ServerTls.of(own.certificate(), own.key())));
    http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_2)
            .sslContext(Roots.trusting(authority.authority()))
            .build();
  }

  @AfterEach
  void closeTown() {
    town.close();
  }

  @Test
  void whoPollsIsIntroduced() throws Exception {
    try (PollClient volunteer = new PollClient(town.address(), this::post);
        PollClient alice = new PollClient(town.address(), this::post)) {
      volunteer.prove();
      alice.prove();
      volunteer.say(volunteer.slots(1, Town.EGRESS));
      CompletableFuture<HttpResponse<byte[]>> parked = send(alice.next(20));
      CompletableFuture<HttpResponse<byte[]>> his = send(volunteer.next(20));
      alice.wishes(1, Town.EGRESS);
      alice.read(reply(parked.get(30, TimeUnit.SECONDS)).answer());
      volunteer.read(reply(his.get(30, TimeUnit.SECONDS)).answer());
      Signal.Matched hers = (Signal.Matched) alice.hear();
      assertThat(hers.peer()).isEqualTo(volunteer.nodeId());
      assertThat(((Signal.Matched) volunteer.hear()).peer()).isEqualTo(alice.nodeId());
      Signal.Sealed offer =
          new Signal.Sealed(hers.match(), 1, Bytes.EMPTY, Bytes.of(new byte[12_000]));
      alice.say(offer);
      assertThat(volunteer.hear()).isEqualTo(offer);
      assertThat(get("/metrics").body())
          .contains("freddie_connections 1\n", "freddie_poll_sessions 2\n");

      CompletableFuture<HttpResponse<byte[]>> last = send(alice.next(20));
      HttpResponse<byte[]> early = send(alice.next(0)).get(30, TimeUnit.SECONDS);
      assertThat(reply(early).answer().signals()).isEmpty();
      town.stopFreddie();
      Bytes word = reply(last.get(30, TimeUnit.SECONDS)).answer().signals().get(0);
      assertThat(((Signal.Refusal) SignalingCodec.decode(word.toBuffer())).code())
          .isEqualTo(Signal.Code.STOPPING);
    }
  }

  @Test
  void otherPagesAreServedTooButNoWebSocket() throws Exception {
    assertThat(get("/healthz").body()).isEqualTo("ok\n");
    assertThat(get("/v1/signal").statusCode()).isEqualTo(418);
    assertThat(get("/nowhere").statusCode()).isEqualTo(404);
    assertThat(get("/v2/signal").statusCode()).isEqualTo(501);
    assertThat(get("/v2/poll").statusCode()).isEqualTo(405);
    assertThat(post(new byte[Poll.SIZE_LIMIT + 1]).status()).isEqualTo(413);
    assertThat(post(new byte[] {1, 2, 3}).status()).isEqualTo(400);
    assertThat(get("/healthz").body()).isEqualTo("ok\n");
    HttpClient old =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(http.sslContext())
            .build();
    HttpResponse<String> answer =
        old.send(request("/healthz").build(), HttpResponse.BodyHandlers.ofString());
    assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
    assertThat(answer.body()).isEqualTo("ok\n");
  }

  private HttpResponse<String> get(String path) throws Exception {
    HttpResponse<String> answer =
        http.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
    assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
    return answer;
  }

  private PollClient.Reply post(byte[] body) throws Exception {
    return reply(
        http.send(
            request("/v2/poll").POST(HttpRequest.BodyPublishers.ofByteArray(body)).build(),
            HttpResponse.BodyHandlers.ofByteArray()));
  }

  private CompletableFuture<HttpResponse<byte[]>> send(Poll poll) {
    return http.sendAsync(
        request("/v2/poll")
            .POST(HttpRequest.BodyPublishers.ofByteArray(PollCodec.encode(poll).toArray()))
            .build(),
        HttpResponse.BodyHandlers.ofByteArray());
  }

  private static PollClient.Reply reply(HttpResponse<byte[]> answer) {
    assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
    return new PollClient.Reply(answer.statusCode(), Map.of(), Bytes.of(answer.body()));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(
            URI.create("https://127.0.0.1:" + town.address().getPort() + path))
        .timeout(Duration.ofSeconds(30));
  }
}
