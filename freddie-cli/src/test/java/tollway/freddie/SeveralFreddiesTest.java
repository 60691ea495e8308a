// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tollway.bus.Bus;
import tollway.bus.InProcessBus;
import tollway.bytes.Bytes;
import tollway.lab.Await;
import tollway.signaling.Signal;

/** Two freddies that serve one market, on real ports. */
final class SeveralFreddiesTest {
  private final InProcessBus bus = new InProcessBus();
  private Town here;
  private Town there;

  @BeforeEach
  void openTowns() throws Exception {
    here = new Town(bus);
    there = new Town(bus);
    Await.until("they know each other", () -> here.metric("freddie_instances") == 2);
    Await.until("and the other way", () -> there.metric("freddie_instances") == 2);
  }

  @AfterEach
  void closeTowns() {
    here.close();
    there.close();
  }

  @Test
  void theExchangeGoesFromOneToTheOther() throws Exception {
    Person volunteer = there.person();
    volunteer.offers(1);
    Person alice = here.person();
    alice.wishes(1);
    Signal.Matched hers = alice.hears(Signal.Matched.class);
    assertThat(volunteer.hears(Signal.Matched.class).match()).isEqualTo(hers.match());
    assertThat(hers.seal().orElseThrow().isOf(volunteer.nodeId())).isTrue();
    alice.says(new Signal.Description(hers.match(), Signal.Kind.OFFER, "an offer"));
    assertThat(volunteer.hears(Signal.Description.class).sdp()).isEqualTo("an offer");
    volunteer.says(new Signal.Candidate(hers.match(), "candidate:1"));
    assertThat(alice.hears(Signal.Candidate.class).line()).isEqualTo("candidate:1");
    assertThat(here.metric("freddie_matches_elsewhere")).isEqualTo(1);
    alice.close();
    assertThat(volunteer.hears(Signal.HangUp.class).match()).isEqualTo(hers.match());
    Await.until("the slot is free", () -> there.metric("freddie_producers_free") == 1);
  }

  @Test
  void whoseFreddieStopsGoesOnAtTheOther() throws Exception {
    Person volunteer = there.person(List.of(there.url(), here.url()));
    volunteer.offers(2);
    Person alice = here.person();
    alice.wishes(1);
    long first = alice.hears(Signal.Matched.class).match();
    there.stopFreddie();
    assertThat(alice.hears(Signal.HangUp.class).match()).isEqualTo(first);
    alice.wishes(1);
    assertThat(alice.hears(Signal.Matched.class).peer()).isEqualTo(volunteer.nodeId());
    assertThat(here.metric("freddie_instances")).isEqualTo(1);
  }

  @Test
  void allSaltTheHostsNameAlike() throws Exception {
    Await.until("they agree", () -> salt(here).equals(salt(there)));
    here.stopFreddie();
    Bytes agreed = salt(there);
    here.startFreddie();
    Await.until("the newcomer, too", () -> salt(here).equals(agreed));
  }

  @Test
  void noiseOnTheBusIsCountedAndNothingElse() throws Exception {
    try (Bus noisy = bus.join()) {
      noisy.publish("tollway.freddie.1.all", Bytes.ofUtf8("what?"));
      noisy.publish("tollway.freddie.1.all", Bytes.ofHex("0802")); // Of a later version.
    }
    assertThat(here.page("/metrics"))
        .contains(
            "freddie_bus_connected 1\n",
            "freddie_bus_dropped_total{why=\"malformed\"} 1\n",
            "freddie_bus_dropped_total{why=\"wrong_version\"} 1\n");
  }

  private static Bytes salt(Town town) throws IOException {
    try (RawClient client = new RawClient(town.address())) {
      return ((Signal.Challenge) client.hear()).hostSalt().orElseThrow();
    } catch (IOException cutOff) {
      throw cutOff;
    } catch (Exception wrong) {
      throw new AssertionError(wrong);
    }
  }
}
