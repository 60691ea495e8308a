// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Hundreds of volunteers and as many sessions come and go, at one egress. */
final class EgressCyclesIT {
  @Test
  void hundredsComeAndGoAndLeaveNothing() throws Exception {
    PrintStream usual = System.err;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
    try (EgressCycles cycles = new EgressCycles()) {
      cycles.run(50); // What is made once has been made.
      int threads = Thread.activeCount();
      cycles.run(300);
      assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads);
      assertThat(cycles.metrics())
          .contains("egress_associations 0\n")
          .contains("egress_token_volunteers{token=\"default\"} 0\n")
          .contains("egress_token_connections_total{token=\"default\"} 350\n");
      System.gc(); // Buffers that nobody released are found out, and told of by the next ones.
      cycles.run(50);
    } finally {
      System.setErr(usual);
    }
    assertThat(said.toString(StandardCharsets.UTF_8)).doesNotContain("LEAK");
  }
}
