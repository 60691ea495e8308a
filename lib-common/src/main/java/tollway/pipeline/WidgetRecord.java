// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import tollway.identity.NodeId;
import tollway.worker.SlotEnd;

/** What became of the people whom a volunteer met. On its loop. */
final class WidgetRecord {
  private static final int FAULTS = 16;

  private final CauseCounts<SlotEnd> ends = new CauseCounts<>(SlotEnd.class);
  private final CauseCounts<WidgetFault.Cause> counts = new CauseCounts<>(WidgetFault.Cause.class);
  private final Deque<WidgetFault> faults = new ArrayDeque<>();
  private final Consumer<WidgetFault> told;
  private long up;
  private long down;

  /** {@code told} hears of each fault. */
  WidgetRecord(Consumer<WidgetFault> told) {
    this.told = told;
  }

  void ended(Instant at, NodeId person, SlotEnd cause, String why, WidgetStatus.Slot last) {
    ends.add(cause, at);
    up += last.up();
    down += last.down();
    WidgetFault.Cause.of(cause).ifPresent(fault -> add(at, fault, Optional.of(person), why));
  }

  void fault(Instant at, WidgetFault.Cause cause, String why) {
    add(at, cause, Optional.empty(), why);
  }

  private void add(Instant at, WidgetFault.Cause cause, Optional<NodeId> person, String why) {
    counts.add(cause, at);
    if (faults.size() == FAULTS) {
      faults.removeFirst();
    }
    WidgetFault fault = new WidgetFault(at, cause, person, NetworkErrors.brief(why));
    faults.addLast(fault);
    told.accept(fault);
  }

  Map<WidgetFault.Cause, Long> counts() {
    return counts.all();
  }

  Map<SlotEnd, Long> ends() {
    return ends.all();
  }

  List<WidgetFault> faults() {
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
