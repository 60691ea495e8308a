// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.time.Duration;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tollway.identity.NodeId;
import tollway.worker.SlotEnd;

/**
 * How a volunteer is doing.
 *
 * @param why what keeps it from helping; empty when nothing does
 * @param ends how often a slot ended for which cause, since the start
 * @param faults how often what went wrong, since the start
 * @param latest the latest of them, newest last
 * @param until when the schedule next opens or closes
 */
public record WidgetStatus(
    NodeId node,
    Standing standing,
    String why,
    WidgetLimits limits,
    WidgetVia via,
    boolean freddie,
    List<Slot> slots,
    List<Egress> egresses,
    Traffic traffic,
    Map<SlotEnd, Long> ends,
    Map<WidgetFault.Cause, Long> faults,
    List<WidgetFault> latest,
    Optional<LocalDateTime> until) {
  public WidgetStatus {
    slots = List.copyOf(slots);
    egresses = List.copyOf(egresses);
    ends = Map.copyOf(ends);
    faults = Map.copyOf(faults);
    latest = List.copyOf(latest);
  }

  /** What a slot is doing. */
  public enum State {
    CONNECTING,
    IDLE,
    ACTIVE
  }

  /**
   * One person.
   *
   * @param up bytes from the person to the egress
   * @param down bytes to the person
   * @param dropped frames that came faster than they may go
   * @param quiet since when nothing but signs of life came; empty when nothing ever did
   * @param distance how many volunteers lie between this one and the egress
   * @param next the first of those, once it is there
   */
  public record Slot(
      NodeId person,
      NodeId egress,
      State state,
      long up,
      long down,
      long dropped,
      Duration age,
      Optional<Duration> quiet,
      int distance,
      Optional<NodeId> next) {}

  /** An egress of an invite; {@code why} it is not connected. */
  public record Egress(NodeId egress, boolean up, String why) {}

  /**
   * Bytes relayed.
   *
   * @param today only with a quota, as is {@code month}
   */
  public record Traffic(long up, long down, Optional<Long> today, Optional<Long> month) {}
}
