// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

final class HourLineTest {
  @Test
  void itTellsWhatTheHourBroughtAndNothingOfAQuietOne() {
    StringWriter log = new StringWriter();
    HourLine line = new HourLine("egress", "connections", new PrintWriter(log));
    line.tell(412, 80_000_000, 1_200_000_000);
    line.tell(412, 80_000_000, 1_200_000_000);
    line.tell(413, 80_000_500, 1_200_000_000);
    assertThat(log.toString().lines())
        .containsExactly(
            "egress: in the last hour 412 connections, 1.2 GB down, 80 MB up",
            "egress: in the last hour 1 connections, 0 B down, 500 B up");
  }
}
