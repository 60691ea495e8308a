// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class WidgetTroubleTest {
  private final WidgetTrouble trouble = new WidgetTrouble();

  @Test
  void whatGoesOnReadsTheSameWhoeverTriesAgain() {
    assertThat(trouble.text()).isEqualTo("not connected yet");
    trouble.egress("ws://a: connection refused");
    trouble.freddie("freddie at http://f: connection refused");
    trouble.egress("ws://b: no answer");
    String both = trouble.text();
    trouble.freddie("freddie at http://f: connection refused");
    trouble.egress("ws://a: connection refused");
    assertThat(trouble.text())
        .isEqualTo(both)
        .isEqualTo(
            "freddie at http://f: connection refused; egress at ws://a: connection refused;"
                + " egress at ws://b: no answer");
  }

  @Test
  void whatIsMendedIsNoLongerTold() {
    trouble.freddie("freddie at http://f: connection refused");
    trouble.egress("ws://a: connection refused");
    trouble.freddie("");
    assertThat(trouble.text()).isEqualTo("egress at ws://a: connection refused");
    trouble.egressConnected();
    trouble.freddie("freddie refuses: too many");
    assertThat(trouble.text()).isEqualTo("freddie refuses: too many");
  }
}
