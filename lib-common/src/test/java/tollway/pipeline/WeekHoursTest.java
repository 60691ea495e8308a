// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDateTime;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class WeekHoursTest {
  /** 4 May 2026 is a Monday. */
  private static LocalDateTime at(int day, int hour, int minute) {
    return LocalDateTime.of(2026, 5, 3 + day, hour, minute);
  }

  private static WeekHours hours(String text) {
    return WeekHours.parse(text).orElseThrow();
  }

  @Test
  void aSpanMayPassMidnight() {
    WeekHours night = hours("22:00-07:00");
    assertThat(night.contains(at(1, 21, 59))).isFalse();
    assertThat(night.contains(at(1, 22, 0))).isTrue();
    assertThat(night.contains(at(2, 6, 59))).isTrue();
    assertThat(night.contains(at(2, 7, 0))).isFalse();
    assertThat(night.changeAfter(at(1, 12, 30))).contains(at(1, 22, 0));
    assertThat(night.changeAfter(at(1, 23, 30))).contains(at(2, 7, 0));
  }

  @Test
  void daysAreThoseOnWhichASpanBegins() {
    WeekHours week = hours("Fri-Mon 23:00-01:00, wed 08:00-24:00");
    assertThat(week.contains(at(5, 23, 30))).isTrue();
    assertThat(week.contains(at(6, 0, 30))).as("the night to Saturday").isTrue();
    assertThat(week.contains(at(2, 0, 30))).as("the night to Tuesday").isTrue();
    assertThat(week.contains(at(2, 23, 30))).isFalse();
    assertThat(week.contains(at(5, 0, 30))).isFalse();
    assertThat(week.contains(at(3, 23, 59))).isTrue();
    assertThat(week.contains(at(4, 0, 0))).isFalse();
    assertThat(hours("00:00-24:00").changeAfter(at(1, 5, 0))).isEmpty();
  }

  @Test
  void whatIsNoScheduleIsNone() {
    for (String text :
        List.of(
            "",
            "22:00",
            "25:00-26:00",
            "24:00-01:00",
            "07:60-08:00",
            "mo 1:00-2:00",
            "1:00-1:00",
            "xyz 1:00-2:00",
            "1:00-2:00,",
            "mon-xyz 1:00-2:00")) {
      assertThat(WeekHours.parse(text)).as(text).isEmpty();
    }
    Random random = new Random(3);
    String alphabet = "monfrisu0123456789:-, ";
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int length = random.nextInt(30); length > 0; length--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      WeekHours.parse(text.toString()).ifPresent(found -> found.changeAfter(at(1, 1, 1)));
    }
  }
}
