// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDateTime;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class StandingTest {
  private static final LocalDateTime NOON = LocalDateTime.of(2026, 5, 4, 12, 0);
  private static final WidgetLimits LIMITS =
      new WidgetLimits(
          5,
          Optional.empty(),
          Optional.empty(),
          Optional.of(1000L),
          Optional.of(5000L),
          WeekHours.parse("08:00-20:00"),
          false);

  private static Standing at(
      Standing.Wish wish, long day, long month, boolean uncounted, boolean metered, int hour) {
    return Standing.of(
        LIMITS,
        new Standing.Circumstances(wish, day, month, uncounted, metered, NOON.withHour(hour)));
  }

  @Test
  void eachLimitClosesAndTheOwnersWordComesFirst() {
    Standing.Wish help = Standing.Wish.HELP;
    assertThat(at(help, 999, 4999, false, false, 12)).isEqualTo(Standing.OPEN);
    assertThat(at(help, 1000, 1000, false, false, 12)).isEqualTo(Standing.QUOTA_DAY);
    assertThat(at(help, 0, 5000, false, false, 12)).isEqualTo(Standing.QUOTA_MONTH);
    assertThat(at(help, 0, 0, true, false, 12)).isEqualTo(Standing.COUNTLESS);
    assertThat(at(help, 0, 0, false, true, 12)).isEqualTo(Standing.METERED);
    assertThat(at(help, 0, 0, false, false, 20)).isEqualTo(Standing.OFF_HOURS);
    assertThat(at(Standing.Wish.DRAIN, 0, 0, false, false, 12)).isEqualTo(Standing.DRAINING);
    assertThat(at(Standing.Wish.DRAIN, 0, 0, false, true, 12)).isEqualTo(Standing.METERED);
    assertThat(at(Standing.Wish.PAUSE, 9000, 9000, true, true, 3)).isEqualTo(Standing.PAUSED);
  }

  @Test
  void withoutLimitsOnlyMeteringAndTheOwnerCount() {
    WidgetLimits none = WidgetLimits.ofSlots(3);
    Standing.Circumstances busy =
        new Standing.Circumstances(Standing.Wish.HELP, 1L << 50, 1L << 50, true, false, NOON);
    assertThat(Standing.of(none, busy)).isEqualTo(Standing.OPEN);
    assertThat(Standing.OPEN.keepsPeople() && Standing.DRAINING.keepsPeople()).isTrue();
    assertThat(Standing.METERED.keepsPeople()).isFalse();
  }
}
