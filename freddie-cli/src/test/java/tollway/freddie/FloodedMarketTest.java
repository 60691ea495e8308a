// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tollway.lab.Await;
import tollway.signaling.Signal;
import tollway.signaling.SignalingCodec;

/** Many more wishes than people. */
final class FloodedMarketTest {
  private static final int FLOODERS = 20;

  private Town town;

  @BeforeEach
  void openTown() throws Exception {
    town = new Town();
  }

  @AfterEach
  void closeTown() {
    town.close();
  }

  @Test
  void oneIdentityHoldsNoMoreThanItsShareOverManyConnections() throws Exception {
    Person volunteer = town.person();
    volunteer.offers(60);
    volunteer.connected();
    Person other = town.person();
    other.offers(60);
    other.connected();
    List<RawClient> connections = new ArrayList<>();
    try {
      RawClient first = RawClient.proved(town.address());
      connections.add(first);
      for (int i = 0; i < FLOODERS; i++) {
        RawClient next = i == 0 ? first : first.another(town.address());
        if (i > 0) {
          connections.add(next);
          next.prove();
        }
        next.wishes(2, Town.EGRESS);
      }
      Await.until(
          "Mallory has what she gets",
          () -> town.metric("freddie_matches") == MatchPolicy.MOST_PRODUCERS);
      Person alice = town.person();
      alice.wishes(2);
      alice.hears(Signal.Matched.class);
      alice.hears(Signal.Matched.class);
      assertThat(town.metric("freddie_matches")).isEqualTo(MatchPolicy.MOST_PRODUCERS + 2);
    } finally {
      for (RawClient each : connections) {
        each.close();
      }
    }
    Await.until("Alice alone has some", () -> town.metric("freddie_matches") == 2);
  }

  @Test
  void othersArePairedAtOnceWhileSomebodyFloods() throws Exception {
    ByteArrayOutputStream flood = new ByteArrayOutputStream();
    byte[] wish =
        RawClient.frame(
            true,
            RawClient.BINARY,
            SignalingCodec.encode(new Signal.PeerRequest(16, Town.EGRESS, List.of())).toArray());
    for (int i = 0; i < 400; i++) {
      flood.writeBytes(wish);
    }
    List<RawClient> flooders = new ArrayList<>();
    try {
      for (int i = 0; i < FLOODERS; i++) {
        flooders.add(RawClient.proved(town.address()));
      }
      for (RawClient flooder : flooders) {
        flooder.write(flood.toByteArray());
      }
      long begun = System.nanoTime();
      for (int i = 0; i < 10; i++) {
        Person volunteer = town.person();
        Person alice = town.person();
        alice.wishes(1);
        volunteer.offers(1000); // Enough for all who wait before her.
        alice.hears(Signal.Matched.class);
        alice.close();
        volunteer.close();
      }
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(20));
    } finally {
      for (RawClient each : flooders) {
        each.close();
      }
    }
    Await.until("nothing is left to do", () -> town.metric("freddie_requests_waiting") == 0);
  }
}
