// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import tollway.session.PacketCount;
import tollway.session.PathSnapshot;
import tollway.session.PathState;

final class SlowSecondsTest {
  private final SlowSeconds seconds = new SlowSeconds();
  private long bytes;
  private long missing;

  @Test
  void twoSlowSecondsWithLossesAreEnough() {
    assertThat(passes(260_000, 7)).isFalse();
    assertThat(passes(2_000, 0)).as("a pause").isFalse();
    assertThat(passes(64 << 10, 2)).isTrue();
    assertThat(passes(0, 0)).as("it stays so").isTrue();
  }

  @Test
  void aPathIsGoodThatLosesNothingOrBringsMuchOrHasNothingToBring() {
    for (int i = 0; i < 100; i++) {
      assertThat(passes(200_000, 0)).as("no losses").isFalse();
      assertThat(passes(200_000, 1)).as("late rather than lost").isFalse();
      assertThat(passes(5_000_000, 500)).as("fast").isFalse();
      assertThat(passes(3_000, 2)).as("idle").isFalse();
      assertThat(passes(200_000, -3)).as("the late have come").isFalse();
    }
  }

  /** One more second. */
  private boolean passes(long came, long lost) {
    bytes += came;
    missing += lost;
    return seconds.isEnough(
        new PathSnapshot(
            "widget",
            PathState.ACTIVE,
            Optional.empty(),
            0,
            bytes,
            0,
            PacketCount.NONE,
            new PacketCount(bytes / 1200, missing)));
  }
}
