// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tollway.lab.Await;
import tollway.signaling.Signal;

/** Our client where WebSockets do not get through. */
final class PollFallbackTest {
  private Town town;

  @BeforeEach
  void openTown() throws IOException {
    town = new Town();
  }

  @AfterEach
  void closeTown() {
    town.close();
  }

  @Test
  void whoIsRefusedAWebSocketPollsAndGoesOnWithThat() throws Exception {
    try (Front front = new Front(town.address(), Front.Manner.REFUSES)) {
      Person volunteer = town.person(List.of(front.url()));
      volunteer.offers(1);
      assertThat(volunteer.connected()).hasSize(1);
      Person alice = town.person();
      alice.wishes(1);
      exchange(alice, volunteer);
      assertThat(front.upgrades()).isEqualTo(1);
      assertThat(town.metric("freddie_poll_sessions")).isEqualTo(1);

      town.stopFreddie();
      volunteer.disconnected();
      town.startFreddie();
      volunteer.connected();
      assertThat(front.upgrades()).as("it knows what works").isEqualTo(1);
      alice.connected();
      alice.connected();
      Await.until("the slot is offered again", () -> town.metric("freddie_producers_free") == 1);
      volunteer.close();
      // It says that it leaves, and need not be missed.
      Await.until("it has left", () -> town.metric("freddie_poll_sessions") == 0);
      assertThat(town.metric("freddie_cut_off_total{why=\"silent\"}")).isZero();
    }
  }

  @Test
  void whoseWebSocketIsSwallowedPolls() throws Exception {
    try (Front front = new Front(town.address(), Front.Manner.SWALLOWS)) {
      long begun = System.nanoTime();
      Person volunteer = town.person(List.of(front.url()));
      assertThat(volunteer.connected()).hasSize(1);
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(12));
      assertThat(front.upgrades()).isEqualTo(1);
    }
  }

  @Test
  void whatGetsLostOnTheWayIsSaidAgainAndHeardOnce() throws Exception {
    try (Front front = new Front(town.address(), Front.Manner.REFUSES)) {
      Person alice = town.person(List.of(front.url()));
      alice.connected();
      Person volunteer = town.person(List.of(front.url()));
      volunteer.offers(1);
      volunteer.connected();
      front.losesAnswers(2);
      alice.wishes(1);
      long match = alice.hears(Signal.Matched.class).match();
      volunteer.hears(Signal.Matched.class);
      for (int i = 0; i < 30; i++) {
        alice.says(new Signal.Candidate(match, "candidate:" + i));
      }
      for (int i = 0; i < 30; i++) {
        assertThat(volunteer.hears(Signal.Candidate.class).line()).isEqualTo("candidate:" + i);
      }
      volunteer.says(new Signal.HangUp(match, "enough", false));
      assertThat(alice.hears(Signal.HangUp.class).why()).isEqualTo("enough");
      assertThat(volunteer.unasked()).isEmpty();
      assertThat(front.toLose()).as("answers that did not get lost").isZero();
    }
  }

  @Test
  void aRefusalIsHeardByThatWayToo() throws Exception {
    try (Town full = new Town(new FreddieConfig.Limits(1, 1 << 20, Duration.ofSeconds(10)));
        Front front = new Front(full.address(), Front.Manner.REFUSES)) {
      full.person().connected();
      Person late = full.person(List.of(front.url()));
      assertThat(late.hears(Signal.Refusal.class).code()).isEqualTo(Signal.Code.TOO_MANY);
      assertThat(late.disconnected()).endsWith(": the connection was closed");
    }
  }

  @Test
  void whereNeitherWorksBothAreNamed() throws Exception {
    try (Front front = new Front(town.address(), Front.Manner.REFUSES)) {
      town.stopFreddie();
      assertThat(town.person(List.of(front.url())).disconnected())
          .contains("403 Forbidden")
          .endsWith("; the connection was closed");
    }
  }

  private static void exchange(Person alice, Person volunteer) throws Exception {
    long match = alice.hears(Signal.Matched.class).match();
    assertThat(volunteer.hears(Signal.Matched.class).match()).isEqualTo(match);
    alice.says(new Signal.Description(match, Signal.Kind.OFFER, "an offer"));
    assertThat(volunteer.hears(Signal.Description.class).sdp()).isEqualTo("an offer");
    volunteer.says(new Signal.Description(match, Signal.Kind.ANSWER, "an answer"));
    assertThat(alice.hears(Signal.Description.class).sdp()).isEqualTo("an answer");
    volunteer.says(new Signal.Candidate(match, "candidate:1"));
    assertThat(alice.hears(Signal.Candidate.class).line()).isEqualTo("candidate:1");
    alice.says(new Signal.HangUp(match, "enough", false));
    assertThat(volunteer.hears(Signal.HangUp.class).why()).isEqualTo("enough");
  }
}
