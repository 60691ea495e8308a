// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.pipeline.AddressBlock;
import tollway.signaling.Poll;
import tollway.signaling.PollCodec;

/** Who comes by a front that the operator knows has the budget of where it comes from itself. */
final class FrontedClientsTest {
  /** What may come from one network at once. */
  private static final int BURST = 5;

  private final Fronts known = new Fronts(List.of(AddressBlock.of("127.0.0.1")));

  @Test
  void oneNetworkDoesNotKeepOthersOutWhoUseTheSameFront() throws Exception {
    List<RawClient> crowd = new ArrayList<>();
    try (Town town = new Town(FreddieConfig.Limits.of(100).behind(known))) {
      for (int i = 0; i < BURST; i++) {
        crowd.add(new RawClient(town.address(), "203.0.113.1, 198.51.100." + i));
        crowd.get(i).prove();
      }
      try (RawClient sixth = new RawClient(town.address(), "198.51.100.77");
          RawClient elsewhere = new RawClient(town.address(), "192.0.2.1")) {
        assertThatThrownBy(sixth::prove).isInstanceOf(IOException.class);
        elsewhere.prove();
      }
    } finally {
      for (RawClient one : crowd) {
        one.close();
      }
    }
  }

  @Test
  void soDoThoseWhoPoll() throws Exception {
    try (Town town = new Town(FreddieConfig.Limits.of(100).behind(known))) {
      for (int i = 0; i < BURST; i++) {
        assertThat(poll(town, "2001:db8::" + (i + 1))).isEqualTo(200);
      }
      assertThat(poll(town, "2001:db8::77")).isEqualTo(PollHall.TOO_MANY);
      assertThat(poll(town, "2001:db8:1::1")).isEqualTo(200);
    }
  }

  @Test
  void whoeverIsNoFrontIsNotBelieved() throws Exception {
    try (Town town = new Town()) {
      for (int i = 0; i < 3 * BURST; i++) {
        assertThat(poll(town, "198.51.100.7")).as("of this machine, as it is").isEqualTo(200);
      }
    }
  }

  private static int poll(Town town, String forwardedFor) throws Exception {
    Bytes body = PollCodec.encode(Poll.BEGIN);
    URI url = new URI("http", null, "127.0.0.1", town.address().getPort(), Poll.PATH, null, null);
    HttpRequest request =
        HttpRequest.newBuilder(url)
            .header(Fronts.HEADER, forwardedFor)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body.toArray()))
            .build();
    return HttpClient.newHttpClient()
        .send(request, HttpResponse.BodyHandlers.ofByteArray())
        .statusCode();
  }
}
