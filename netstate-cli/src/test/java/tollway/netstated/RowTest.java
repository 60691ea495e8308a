// SPDX-License-Identifier: Apache-2.0
package tollway.netstated;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class RowTest {
  @Test
  void isCutWhereTheScreenEnds() {
    Row row = Row.of("ab", Row.Style.PLAIN).and("cdef", Row.Style.ACTIVE).and("g");
    assertThat(row.render(80, false)).isEqualTo("abcdefg");
    assertThat(row.render(80, true)).isEqualTo("ab\u001b[1;32mcdef\u001b[0mg");
    assertThat(row.render(4, true)).isEqualTo("ab\u001b[1;32mcd\u001b[0m");
    assertThat(row.render(2, true)).isEqualTo("ab");
    assertThat(row.render(0, true)).isEmpty();
  }

  @Test
  void countsColumnsNotCharacters() {
    Row row = Row.of("日本e\u0301", Row.Style.PLAIN);
    assertThat(row.width()).isEqualTo(5);
    assertThat(row.render(3, false)).isEqualTo("日");
    assertThat(row.render(4, false)).isEqualTo("日本");
    assertThat(row.render(5, false)).isEqualTo("日本e\u0301");
    assertThat(row.at(8).and("x").plain()).isEqualTo("日本e\u0301   x");
  }

  @Test
  void continuesAfterASpaceWhenTheColumnIsTaken() {
    assertThat(Row.of("long", Row.Style.PLAIN).at(2).and("x").plain()).isEqualTo("long x");
    assertThat(Row.EMPTY.at(2).and("x").plain()).isEqualTo("  x");
  }
}
