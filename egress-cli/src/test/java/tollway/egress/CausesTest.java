// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.google.gson.JsonObject;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tollway.metrics.Sample;
import tollway.pipeline.StreamFault;

/** Counts by cause, as events, status and samples. */
final class CausesTest {
  @Test
  void onlyWhatIsNewIsTold() {
    Causes causes = new Causes("refused");
    Map<StreamFault, Long> first = Map.of(StreamFault.BUSY, 2L, StreamFault.NO_ROUTE, 0L);
    JsonObject event = causes.news(first).orElseThrow();
    assertThat(event.get("event").getAsString()).isEqualTo("refused");
    assertThat(event.get("busy").getAsLong()).isEqualTo(2);
    assertThat(event.has("no_route")).isFalse();
    assertThat(causes.news(first)).isEqualTo(Optional.empty());
    JsonObject more =
        causes.news(Map.of(StreamFault.BUSY, 2L, StreamFault.NO_ROUTE, 1L)).orElseThrow();
    assertThat(more.has("busy")).isFalse();
    assertThat(more.get("no_route").getAsLong()).isEqualTo(1);
  }

  @Test
  void statusShowsThoseThatCameAndMetricsAll() {
    Map<StreamFault, Long> counts = Map.of(StreamFault.TIMED_OUT, 3L, StreamFault.BUSY, 0L);
    assertThat(Causes.json(counts).toString()).isEqualTo("{\"timed_out\":3}");
    assertThat(Causes.samples("some.thing", "help", counts))
        .extracting(Sample::labels, Sample::value)
        .containsExactlyInAnyOrder(
            tuple(Map.of("cause", "timed_out"), 3.0), tuple(Map.of("cause", "busy"), 0.0));
  }
}
