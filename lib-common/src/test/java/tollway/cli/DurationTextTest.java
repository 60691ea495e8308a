// SPDX-License-Identifier: Apache-2.0
package tollway.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class DurationTextTest {
  private static long millis(String text) {
    return DurationText.parse("--wait", text).toMillis();
  }

  @Test
  void readsEveryUnit() {
    assertThat(millis("500ms")).isEqualTo(500);
    assertThat(millis("2s")).isEqualTo(2_000);
    assertThat(millis("1.5s")).isEqualTo(1_500);
    assertThat(millis("0.25m")).isEqualTo(15_000);
    assertThat(DurationText.parse("--wait", "400d").toHours()).isEqualTo(9_600);
    assertThat(DurationText.parse("--wait", "876600h").toNanos()).isPositive();
  }

  @Test
  void refusesWhatIsLongerThanAnybodyWaits() {
    assertThatThrownBy(() -> millis("876601h"))
        .isInstanceOf(UserErrorException.class)
        .hasMessage("--wait: '876601h' is longer than 100 years");
    assertThatThrownBy(() -> millis("999999999h")).isInstanceOf(UserErrorException.class);
    assertThatThrownBy(() -> millis("999999999d"))
        .isInstanceOf(UserErrorException.class)
        .hasMessageContaining("longer than 100 years");
  }

  @Test
  void saysWhichOptionIsWrong() {
    for (String wrong : List.of("", "2", "s", "-2s", "2 s", "2w", "1.s", "9999999999h", "1e3s")) {
      assertThatThrownBy(() -> millis(wrong))
          .isInstanceOf(UserErrorException.class)
          .hasMessageStartingWith("--wait: '" + wrong + "' is not a duration");
    }
  }
}
