// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.time.Instant;
import java.util.Optional;
import tollway.identity.NodeId;
import tollway.worker.SlotEnd;

/**
 * Something that went wrong for a volunteer.
 *
 * @param person whom it happened with, if with anybody
 */
public record WidgetFault(Instant at, Cause cause, Optional<NodeId> person, String why) {
  /** What kind of thing. */
  public enum Cause {
    FREDDIE_AWAY,
    FREDDIE_REFUSED,
    /** The connection with an egress ended, or did not come to be. */
    LINK_LOST,
    /** These ended a slot: see {@link SlotEnd}. */
    NO_OFFER,
    NO_CHANNEL,
    HUNG_UP,
    EGRESS_AWAY,
    TOO_FAR;

    /** Empty for an end that is nobody's fault. */
    static Optional<Cause> of(SlotEnd end) {
      return end.isFault() ? Optional.of(valueOf(end.name())) : Optional.empty();
    }
  }
}
