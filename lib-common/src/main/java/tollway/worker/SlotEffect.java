// SPDX-License-Identifier: Apache-2.0
package tollway.worker;

import java.time.Duration;

/** What a volunteer's slot wants done. */
public sealed interface SlotEffect {
  /** Ring once, with this number. */
  record Wake(int number, Duration after) implements SlotEffect {}

  /** Make the one peer of the slot, which answers this offer. */
  record Answer(String offer) implements SlotEffect {}

  /** The last one. {@code failed}: the two never connected. */
  record Ended(SlotEnd cause, String why, boolean failed) implements SlotEffect {}

  /** Those without more to say. */
  enum Act implements SlotEffect {
    CANCEL_WAKE,
    /** Take the channel that has opened, and open a path to the egress. */
    JOIN,
    REFUSE_CHANNEL,
    CLOSE_PATH,
    CLOSE_PEER
  }
}
