// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import tollway.identity.NodeId;
import tollway.worker.SlotEnd;

/** What became of the people whom a volunteer met. On its loop. */
final class WidgetRecord {
  private static final int FAULTS = 16;

  private final Map<SlotEnd, Long> ends = new EnumMap<>(SlotEnd.class);
  private final Deque<WidgetStatus.Fault> faults = new ArrayDeque<>();
  private long up;
  private long down;

  void ended(Instant at, NodeId person, SlotEnd cause, String why, WidgetStatus.Slot last) {
    ends.merge(cause, 1L, Long::sum);
    up += last.up();
    down += last.down();
    if (cause.isFault()) {
      if (faults.size() == FAULTS) {
        faults.removeFirst();
      }
      faults.addLast(new WidgetStatus.Fault(at, person, cause, NetworkErrors.brief(why)));
    }
  }

  Map<SlotEnd, Long> ends() {
    return ends;
  }

  List<WidgetStatus.Fault> faults() {
    return List.copyOf(faults);
  }

  /** Bytes from all people, those who are here included. */
  long up(Collection<WidgetSlot> here) {
    return up + here.stream().mapToLong(slot -> slot.status().up()).sum();
  }

  long down(Collection<WidgetSlot> here) {
    return down + here.stream().mapToLong(slot -> slot.status().down()).sum();
  }
}
