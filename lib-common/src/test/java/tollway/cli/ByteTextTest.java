// SPDX-License-Identifier: Apache-2.0
package tollway.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class ByteTextTest {
  @Test
  void unitsArePowersOfAThousand() {
    assertThat(ByteText.parse("--quota-day", "5G")).isEqualTo(5_000_000_000L);
    assertThat(ByteText.parse("--quota-day", "1.5gb")).isEqualTo(1_500_000_000L);
    assertThat(ByteText.parse("--quota-day", "700")).isEqualTo(700);
    assertThat(ByteText.parse("--quota-day", "12k")).isEqualTo(12_000);
    assertThat(ByteText.parse("--quota-day", "9000T")).isEqualTo(9_000_000_000_000_000L);
    for (String text : new String[] {"", "5X", "-5G", "5 G", "1.2345G", "1e9", "99999999T"}) {
      assertThatThrownBy(() -> ByteText.parse("--quota-day", text))
          .isInstanceOf(UserErrorException.class)
          .hasMessageContaining("--quota-day: '" + text + "'");
    }
  }

  @Test
  void peopleReadThreeDigits() {
    assertThat(ByteText.of(0)).isEqualTo("0 B");
    assertThat(ByteText.of(999)).isEqualTo("999 B");
    assertThat(ByteText.of(1000)).isEqualTo("1.0 kB");
    assertThat(ByteText.of(12_345_678)).isEqualTo("12 MB");
    assertThat(ByteText.of(9_960_000)).isEqualTo("10 MB");
    assertThat(ByteText.of(999_600_000)).isEqualTo("1.0 GB");
    assertThat(ByteText.of(Long.MAX_VALUE)).isEqualTo("9223372 TB");
  }
}
