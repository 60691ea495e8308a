// SPDX-License-Identifier: Apache-2.0
package tollway.admission;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class EffortTest {
  private final Effort effort = new Effort(0);

  @Test
  void nothingIsAskedWhileNobodyWaits() {
    for (int i = 0; i < 100; i++) {
      effort.handled(0);
      effort.update(0, 0);
    }
    assertThat(effort.suggested()).isZero();
  }

  @Test
  void whoWaitsThoughDoingAsSuggestedRaisesIt() {
    effort.waited();
    effort.update(40, 0);
    assertThat(effort.suggested()).isEqualTo(1);
    effort.waited();
    effort.update(40, 1);
    assertThat(effort.suggested()).isEqualTo(2);
  }

  @Test
  void itFollowsTheMeanOfWhatWasProved() {
    effort.handled(100);
    effort.handled(300);
    effort.waited();
    effort.update(40, 300);
    assertThat(effort.suggested()).isEqualTo(200);
  }

  @Test
  void itDoesNotFollowThoseWhoMakeNone() {
    raiseTo(200);
    for (int i = 0; i < 10; i++) {
      effort.waited();
      effort.turnedAway(0);
      effort.update(256, 0);
    }
    assertThat(effort.suggested()).isEqualTo(200);
  }

  @Test
  void whoIsTurnedAwayThoughDoingMoreRaisesIt() {
    raiseTo(200);
    effort.turnedAway(201);
    effort.update(0, 0);
    assertThat(effort.suggested()).isEqualTo(201);
  }

  /** Somebody was turned away before anybody was served: proposal 327 divides by zero here. */
  @Test
  void nobodyServedIsNoMean() {
    effort.turnedAway(5);
    effort.update(0, 0);
    assertThat(effort.suggested()).isEqualTo(1);
  }

  @Test
  void itFallsByAThirdWhenNobodyWaitsAnyMore() {
    raiseTo(900);
    effort.update(0, 0);
    assertThat(effort.suggested()).isEqualTo(600);
    for (int i = 0; i < 20; i++) {
      effort.update(0, 0);
    }
    assertThat(effort.suggested()).isZero();
  }

  @Test
  void itHasBounds() {
    raiseTo(Puzzle.MAX_EFFORT);
    effort.waited();
    effort.update(256, Puzzle.MAX_EFFORT);
    assertThat(effort.suggested()).isEqualTo(Puzzle.MAX_EFFORT);
    Effort proud = new Effort(50);
    proud.update(0, 0);
    assertThat(proud.suggested()).isEqualTo(50);
  }

  private void raiseTo(int mean) {
    effort.handled(mean);
    effort.waited();
    effort.update(40, mean);
    assertThat(effort.suggested()).isEqualTo(mean);
  }
}
