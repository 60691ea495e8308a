// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.lab.Await;
import tollway.signaling.SealKey;
import tollway.signaling.Signal;

/** What freddie does for people who mean well. */
final class SignalServerTest {
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
  void tellsOfItsStun() throws Exception {
    assertThat(town.person().connected()).hasSize(1);
  }

  @Test
  void pairsAtOnceAndCarriesTheExchange() throws Exception {
    Person volunteer = town.person();
    volunteer.offers(1);
    Person alice = town.person();
    alice.wishes(1);
    Signal.Matched hers = alice.hears(Signal.Matched.class);
    Signal.Matched his = volunteer.hears(Signal.Matched.class);
    assertThat(hers.peer()).isEqualTo(volunteer.nodeId());
    assertThat(his.peer()).isEqualTo(alice.nodeId());
    assertThat(hers.role()).isEqualTo(Signal.Role.CONSUMER);
    assertThat(his.role()).isEqualTo(Signal.Role.PRODUCER);
    assertThat(hers.match()).isEqualTo(his.match());
    assertThat(hers.egress()).isEqualTo(Town.EGRESS);
    assertThat(hers.seal().orElseThrow().isOf(volunteer.nodeId())).isTrue();
    assertThat(his.seal()).isEmpty();

    alice.says(new Signal.Description(hers.match(), Signal.Kind.OFFER, "an offer"));
    assertThat(volunteer.hears(Signal.Description.class).sdp()).isEqualTo("an offer");
    volunteer.says(new Signal.Description(his.match(), Signal.Kind.ANSWER, "an answer"));
    assertThat(alice.hears(Signal.Description.class).kind()).isEqualTo(Signal.Kind.ANSWER);
    volunteer.says(new Signal.Candidate(hers.match(), "candidate:1"));
    assertThat(alice.hears(Signal.Candidate.class).line()).isEqualTo("candidate:1");
    alice.says(new Signal.HangUp(hers.match(), "enough", false));
    assertThat(volunteer.hears(Signal.HangUp.class).why()).isEqualTo("enough");
  }

  @Test
  void freddiePassesOnOnlyWhatItCannotRead() throws Exception {
    Person volunteer = town.person();
    volunteer.offers(1);
    volunteer.connected();
    try (RawClient eve = RawClient.proved(town.address())) {
      eve.wishes(1, Town.EGRESS);
      long match = ((Signal.Matched) eve.hear()).match();
      volunteer.hears(Signal.Matched.class);
      Bytes noise = Bytes.of(new byte[40]);
      eve.say(new Signal.Sealed(match, 0, eve.sealKey().key(), noise)); // And is not understood.
      eve.say(new Signal.HangUp(match, "enough", false));
      assertThat(volunteer.hears(Signal.HangUp.class).why()).isEqualTo("enough");
    }
    try (RawClient eve = RawClient.proved(town.address())) {
      volunteer.offers(0);
      Await.until("the volunteer has gone home", () -> town.metric("freddie_producers_free") == 0);
      eve.offers(1, Town.EGRESS);
      Person alice = town.person();
      alice.wishes(1);
      long match = alice.hears(Signal.Matched.class).match();
      alice.says(new Signal.Candidate(match, "candidate:1"));
      alice.says(new Signal.Description(match, Signal.Kind.OFFER, "an offer"));
      assertThat(eve.hear()).isInstanceOf(Signal.Matched.class);
      assertThat(((Signal.Sealed) eve.hear()).opening().size()).isEqualTo(SealKey.SIZE);
      Signal.Sealed offer = (Signal.Sealed) eve.hear();
      assertThat(offer.text().hex()).doesNotContain(Bytes.ofUtf8("an offer").hex());
      assertThat(offer.opening()).isEqualTo(Bytes.EMPTY);
    }
  }

  @Test
  void consumerWhoCameFirstIsServedWhenAVolunteerComes() throws Exception {
    Person alice = town.person();
    alice.wishes(2);
    Person first = town.person();
    first.offers(5);
    assertThat(alice.hears(Signal.Matched.class).peer()).isEqualTo(first.nodeId());
    Person second = town.person();
    second.offers(5);
    assertThat(alice.hears(Signal.Matched.class).peer()).isEqualTo(second.nodeId());
  }

  @Test
  void consumerWhoVanishesIsReportedAndTheSlotServesTheNext() throws Exception {
    Person volunteer = town.person();
    volunteer.offers(1);
    Person alice = town.person();
    alice.wishes(1);
    long match = volunteer.hears(Signal.Matched.class).match();
    Person bob = town.person();
    bob.wishes(1);
    alice.close();
    assertThat(volunteer.hears(Signal.HangUp.class).match()).isEqualTo(match);
    assertThat(volunteer.hears(Signal.Matched.class).peer()).isEqualTo(bob.nodeId());
  }

  @Test
  void whoComesAnewHasLeftByTheConnectionItLost() throws Exception {
    Bytes session = Bytes.of(new byte[Signal.SESSION_SIZE]);
    Person volunteer = town.person();
    volunteer.offers(2);
    volunteer.connected();
    try (RawClient lost = new RawClient(town.address()).inSession(session);
        RawClient anew = lost.another(town.address()).inSession(session);
        RawClient eve = new RawClient(town.address()).inSession(session)) {
      lost.prove();
      lost.wishes(2, Town.EGRESS);
      long before = ((Signal.Matched) lost.hear()).match();
      assertThat(volunteer.hears(Signal.Matched.class).match()).isEqualTo(before);
      anew.prove();
      assertThat(volunteer.hears(Signal.HangUp.class).match()).isEqualTo(before);
      assertThatThrownBy(lost::hear).isInstanceOf(IOException.class);
      eve.prove(); // The session is the identity's own: this is another one.
      anew.wishes(1, Town.EGRESS);
      assertThat(((Signal.Matched) anew.hear()).peer()).isEqualTo(volunteer.nodeId());
    }
  }

  @Test
  void producerWhoVanishesIsReportedAndTheNextWishIsServedByAnother() throws Exception {
    Person volunteer = town.person();
    volunteer.offers(2);
    Person alice = town.person();
    alice.wishes(1);
    Person bob = town.person();
    bob.wishes(1);
    long hers = alice.hears(Signal.Matched.class).match();
    long his = bob.hears(Signal.Matched.class).match();
    volunteer.close();
    assertThat(alice.hears(Signal.HangUp.class).match()).isEqualTo(hers);
    assertThat(bob.hears(Signal.HangUp.class).match()).isEqualTo(his);
    Person other = town.person();
    other.offers(1);
    alice.wishes(1);
    assertThat(alice.hears(Signal.Matched.class).peer()).isEqualTo(other.nodeId());
    assertThat(bob.unasked()).isEmpty();
  }

  @Test
  void nobodyIsPairedWithThemselvesOrTwiceWithTheSame() throws Exception {
    Person volunteer = town.person();
    volunteer.offers(9);
    volunteer.wishes(1);
    Person alice = town.person();
    alice.wishes(2);
    assertThat(alice.hears(Signal.Matched.class).peer()).isEqualTo(volunteer.nodeId());
    assertThat(volunteer.hears(Signal.Matched.class).role()).isEqualTo(Signal.Role.PRODUCER);
    Person other = town.person();
    other.offers(9);
    assertThat(alice.hears(Signal.Matched.class).peer()).isEqualTo(other.nodeId());
    assertThat(volunteer.hears(Signal.Matched.class).peer()).isEqualTo(other.nodeId());
  }

  @Test
  void volunteerWithdrawsAndNobodyIsSentThereAnyMore() throws Exception {
    Person volunteer = town.person();
    volunteer.offers(1);
    volunteer.connected();
    Await.until("the offer is known", () -> town.metric("freddie_producers_free") == 1);
    volunteer.offers(0);
    Await.until("the offer is gone", () -> town.metric("freddie_producers_free") == 0);
    Person alice = town.person();
    alice.wishes(1);
    Await.until("alice waits", () -> town.metric("freddie_consumers_waiting") == 1);
    alice.wishes(0);
    Await.until("alice waits no more", () -> town.metric("freddie_consumers_waiting") == 0);
    volunteer.offers(1);
    Await.until("the offer is known again", () -> town.metric("freddie_producers_free") == 1);
    assertThat(alice.unasked()).isEmpty();
  }

  @Test
  void operatorsSeeHealthAndCounters() throws Exception {
    Person volunteer = town.person();
    volunteer.offers(1);
    Person alice = town.person();
    alice.wishes(1);
    alice.hears(Signal.Matched.class);
    assertThat(town.page("/healthz")).isEqualTo("ok\n");
    assertThat(town.page("/metrics?from=here"))
        .contains(
            "freddie_clients 2\n",
            "freddie_matches 1\n",
            "freddie_matches_made_total 1\n",
            "freddie_refusals_total{code=\"bad_message\"} 0\n",
            "freddie_cut_off_total{why=\"not_reading\"} 0\n");
  }

  @Test
  void tellsEveryoneWhenItStops() throws Exception {
    try (RawClient client = RawClient.proved(town.address())) {
      town.stopFreddie();
      assertThat(((Signal.Refusal) client.hear()).code()).isEqualTo(Signal.Code.STOPPING);
      assertThat(client.hearClose()).isEqualTo(1001);
      client.hearEnd();
    }
  }
}
