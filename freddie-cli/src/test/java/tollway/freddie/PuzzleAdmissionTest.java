// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tollway.admission.Mint;
import tollway.admission.Puzzle;
import tollway.admission.Solution;
import tollway.bytes.Bytes;
import tollway.signaling.Signal;

/** A real freddie that asks everybody for a puzzle, and clients who solve it or do not. */
final class PuzzleAdmissionTest {
  private static final int EFFORT = 16;

  private Town town;

  @BeforeEach
  void openTown() throws Exception {
    town = new Town(FreddieConfig.Limits.of(20).withLeastEffort(EFFORT));
  }

  @AfterEach
  void closeTown() {
    town.close();
  }

  @Test
  void ourClientSolvesWhatItIsAsked() throws Exception {
    Person volunteer = town.person();
    volunteer.offers(1);
    Person alice = town.person();
    alice.wishes(1);
    assertThat(alice.hears(Signal.Matched.class).peer()).isEqualTo(volunteer.nodeId());
    assertThat(town.metric("freddie_puzzle_effort")).isEqualTo(EFFORT);
  }

  @Test
  void ourClientSolvesAgainWhenItComesBack() throws Exception {
    Person alice = town.person();
    alice.connected();
    town.stopFreddie();
    town.startFreddie();
    alice.connected();
    assertThat(town.metric("freddie_clients")).isEqualTo(1);
  }

  @Test
  void whoSolvesNothingIsToldWhatIsAskedAndWhenToComeAgain() throws Exception {
    try (RawClient lazy = new RawClient(town.address())) {
      Signal.Challenge challenge = (Signal.Challenge) lazy.hear();
      assertThat(challenge.effort()).isEqualTo(EFFORT);
      lazy.say(lazy.hello(challenge.nonce()));
      Signal.Refusal refusal = (Signal.Refusal) lazy.hear();
      assertThat(refusal.code()).isEqualTo(Signal.Code.PUZZLE);
      assertThat(refusal.retryAfterSeconds()).isPositive();
      assertThat(refusal.text()).isEqualTo("newcomers solve a puzzle here, of 16");
      assertThat(lazy.hearClose()).isEqualTo(1013);
    }
    assertThat(town.metric("freddie_refusals_total{code=\"puzzle\"}")).isEqualTo(1);
  }

  @Test
  void aSolutionIsGoodForOneConnection() throws Exception {
    try (RawClient alice = new RawClient(town.address())) {
      Signal.Challenge first = (Signal.Challenge) alice.hear();
      Solution solution = mint(alice, first);
      alice.say(alice.hello(first.nonce(), solution));
      assertThat(alice.hear()).isInstanceOf(Signal.Welcome.class);
      try (RawClient again = alice.another(town.address())) {
        Signal.Challenge second = (Signal.Challenge) again.hear();
        assertThat(second.seed()).isEqualTo(first.seed());
        again.say(again.hello(second.nonce(), solution));
        assertThat(((Signal.Refusal) again.hear()).code()).isEqualTo(Signal.Code.PUZZLE);
      }
    }
  }

  @Test
  void anothersSolutionIsNone() throws Exception {
    try (RawClient alice = new RawClient(town.address());
        RawClient mallory = new RawClient(town.address())) {
      Solution hers = mint(alice, (Signal.Challenge) alice.hear());
      Bytes nonce = ((Signal.Challenge) mallory.hear()).nonce();
      mallory.say(mallory.hello(nonce, hers));
      assertThat(((Signal.Refusal) mallory.hear()).code()).isEqualTo(Signal.Code.BAD_PROOF);
    }
  }

  @Test
  void whoSpeaksOnBeforeTheWelcomeIsRefused() throws Exception {
    try (RawClient hasty = new RawClient(town.address())) {
      Signal.Challenge challenge = (Signal.Challenge) hasty.hear();
      Signal.Hello hello = hasty.hello(challenge.nonce(), mint(hasty, challenge));
      hasty.say(hello);
      hasty.say(hello);
      Signal heard = hasty.hear();
      assertThat(heard instanceof Signal.Refusal ? heard : hasty.hear())
          .isInstanceOf(Signal.Refusal.class);
    }
  }

  private static Solution mint(RawClient client, Signal.Challenge challenge) throws Exception {
    Puzzle puzzle =
        new Puzzle(Signal.SERVICE, client.nodeId(), challenge.seed(), challenge.effort());
    return Mint.start(puzzle, 1, new SecureRandom()).minted().get(30, TimeUnit.SECONDS).solution();
  }
}
