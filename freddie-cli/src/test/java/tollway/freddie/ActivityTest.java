// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class ActivityTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void pairsAreCountedBySecondAndDrawn() {
    Activity activity = new Activity("http://f");
    long made = 100;
    for (int second = 0; second < 9; second++) {
      made += second * 7L;
      activity.add(metrics(made), second * SECOND);
    }
    assertThat(activity.json().get("matchesPerSecond").getAsDouble()).isEqualTo(56);
    assertThat(activity.lines(80)).contains("▂▃▄▅▅▆▇█", "pairs 3 now, 352 made, 56.0 a second");
    assertThat(activity.lines(80)).contains("cut off: not reading 2");
    assertThat(activity.lines(3)).contains("▆▇█");
  }

  @Test
  void aFreddieThatWasStartedAnewMadeNoNegativePairs() {
    Activity activity = new Activity("http://f");
    activity.add(metrics(100), 0);
    activity.add(metrics(1), SECOND);
    assertThat(activity.json().get("matchesPerSecond").getAsDouble()).isZero();
  }

  @Test
  void oneOfSeveralSaysSo() {
    Activity activity = new Activity("http://f");
    String some = "freddie_instances 3\nfreddie_matches_elsewhere 7\nfreddie_bus_connected ";
    activity.add(MetricsText.parse(some + "1\n"), 0);
    assertThat(activity.lines(80)).contains("one of 3 instances, pairs with others 7");
    assertThat(activity.json().get("instances").getAsInt()).isEqualTo(3);
    activity.add(MetricsText.parse(some + "0\n"), SECOND);
    assertThat(activity.lines(80)).contains("alone: the bus is away");
    assertThat(activity.json().get("onBus").getAsBoolean()).isFalse();
  }

  @Test
  void noNoiseIsMoreThanNotUnderstood() {
    Random random = new Random(5);
    String right = "freddie_connections 7\n";
    String letters = "freddie_{}=\"0123456789 \n#.e-";
    for (int i = 0; i < 2_000; i++) {
      StringBuilder noise = new StringBuilder();
      for (int length = random.nextInt(300); length > 0; length--) {
        noise.append(letters.charAt(random.nextInt(letters.length())));
      }
      MetricsText text = MetricsText.parse(right + noise);
      assertThat(text.value("freddie_connections")).isNotNegative();
    }
    assertThat(MetricsText.parse(right).value("freddie_connections")).isEqualTo(7);
  }

  private static MetricsText metrics(long made) {
    return MetricsText.parse(
        """
        # TYPE freddie_matches gauge
        freddie_matches 3
        freddie_matches_made_total %d
        freddie_cut_off_total{why="silent"} 0
        freddie_cut_off_total{why="not_reading"} 2
        """
            .formatted(made));
  }
}
