// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.pipeline.AddressBlock;
import tollway.signaling.Poll;
import tollway.signaling.PollCodec;
import tollway.signaling.Signal;

/** Who comes by a front that the operator knows has the budget of where it comes from itself. */
final class FrontedClientsTest {
  /** More than may come from one network at once, and in the seconds that this takes. */
  private static final int MANY = 100;

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Fronts known = new Fronts(List.of(AddressBlock.of("127.0.0.1")));

  @Test
  void oneNetworkDoesNotKeepOthersOutWhoUseTheSameFront() throws Exception {
    List<RawClient> crowd = new ArrayList<>();
    try (Town town = new Town(FreddieConfig.Limits.of(2 * MANY).behind(known))) {
      for (int i = 0; i < MANY; i++) {
        crowd.add(new RawClient(town.address(), "203.0.113.1, 198.51.100." + i));
      }
      int welcome = 0;
      for (RawClient each : crowd) {
        welcome += isAsked(each) ? 1 : 0;
      }
      assertThat(welcome).isPositive().isLessThan(MANY);
      try (RawClient elsewhere = new RawClient(town.address(), "192.0.2.1")) {
        elsewhere.prove();
      }
    } finally {
      for (RawClient each : crowd) {
        each.close();
      }
    }
  }

  @Test
  void soDoThoseWhoPoll() throws Exception {
    try (Town town = new Town(FreddieConfig.Limits.of(2 * MANY).behind(known))) {
      assertThat(polls(town, "2001:db8::1")).contains(200, PollHall.TOO_MANY);
      assertThat(poll(town, "2001:db8:1::1").get().statusCode()).isEqualTo(200);
    }
  }

  @Test
  void whoeverIsNoFrontIsNotBelieved() throws Exception {
    try (Town town = new Town(FreddieConfig.Limits.of(8 * MANY))) {
      assertThat(polls(town, "198.51.100.7")).as("of this machine, as it is").containsOnly(200);
    }
  }

  private static boolean isAsked(RawClient client) throws Exception {
    try {
      return client.hear() instanceof Signal.Challenge;
    } catch (IOException cutOff) {
      return false;
    }
  }

  private List<Integer> polls(Town town, String forwardedFor) throws Exception {
    List<CompletableFuture<HttpResponse<byte[]>>> asked = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      asked.add(poll(town, forwardedFor));
    }
    List<Integer> statuses = new ArrayList<>();
    for (CompletableFuture<HttpResponse<byte[]>> each : asked) {
      statuses.add(each.get().statusCode());
    }
    return statuses;
  }

  private CompletableFuture<HttpResponse<byte[]>> poll(Town town, String forwardedFor)
      throws Exception {
    Bytes body = PollCodec.encode(Poll.BEGIN);
    URI url = new URI("http", null, "127.0.0.1", town.address().getPort(), Poll.PATH, null, null);
    HttpRequest request =
        HttpRequest.newBuilder(url)
            .header(Fronts.HEADER, forwardedFor)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body.toArray()))
            .build();
    return http.sendAsync(request, HttpResponse.BodyHandlers.ofByteArray());
  }
}
