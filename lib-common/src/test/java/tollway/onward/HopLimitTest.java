// SPDX-License-Identifier: Apache-2.0
package tollway.onward;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import tollway.webrtc.ChannelOptions;

/** How many volunteers an opener of a channel accepts behind it, as its label says. */
final class HopLimitTest {
  @Test
  void whatIsSaidIsHeard() {
    for (int behind = 0; behind <= 2; behind++) {
      assertThat(HopLimit.of(HopLimit.channel(behind))).hasValue(behind);
    }
    assertThat(HopLimit.of(ChannelOptions.unreliable("tollway-path"))).hasValue(2);
  }

  @Test
  void aFourthVolunteerIsRefusedHoweverItIsAskedFor() {
    List<String> nonsense =
        List.of("/3", "/-1", "/", "/02", "/1 ", "/9999999999", "x", "/1/1", "/٢");
    for (String end : nonsense) {
      assertThat(HopLimit.admits(ChannelOptions.unreliable("tollway-path" + end), 0)).isFalse();
    }
    assertThat(HopLimit.admits(ChannelOptions.unreliable(""), 0)).isFalse();
  }

  @Test
  void aWayThatTakesMoreThanTheOpenerAcceptsIsRefused() {
    assertThat(HopLimit.admits(HopLimit.channel(1), 0)).isTrue();
    assertThat(HopLimit.admits(HopLimit.channel(1), 1)).isTrue();
    assertThat(HopLimit.admits(HopLimit.channel(1), 2)).isFalse();
    assertThat(HopLimit.admits(HopLimit.channel(0), 1)).isFalse();
  }
}
