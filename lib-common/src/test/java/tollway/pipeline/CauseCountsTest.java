// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import tollway.session.PathRefusal;
import tollway.worker.SlotEnd;

/** Counts of causes, and that none of them is left without a name. */
final class CauseCountsTest {
  private static final Instant NOON = Instant.parse("2026-05-04T12:00:00Z");

  @Test
  void countsEachAndKnowsTheLast() {
    CauseCounts<StreamFault> counts = new CauseCounts<>(StreamFault.class);
    assertThat(counts.last()).isEmpty();
    counts.add(StreamFault.BUSY, NOON);
    counts.add(StreamFault.BUSY, NOON.plusSeconds(1));
    assertThat(counts.all())
        .hasSize(StreamFault.values().length)
        .containsEntry(StreamFault.BUSY, 2L);
    assertThat(counts.last())
        .contains(new CauseCounts.Last<>(StreamFault.BUSY, NOON.plusSeconds(1)));
  }

  @Test
  void everyRefusalAndEveryFaultyEndHasItsCause() {
    for (StreamAnswer.Status status : StreamAnswer.Status.values()) {
      if (status != StreamAnswer.Status.CONNECTED) {
        NoStream why = NoStream.answered(new StreamAnswer(status, ""));
        assertThat(StreamFault.of(why).name()).isEqualTo(EgressFault.of(status).name());
      }
    }
    for (PathRefusal refusal : PathRefusal.values()) {
      assertThat(EgressFault.of(refusal).name()).isEqualTo(refusal.name());
    }
    for (SlotEnd end : SlotEnd.values()) {
      assertThat(WidgetFault.Cause.of(end).isPresent()).isEqualTo(end.isFault());
    }
  }
}
