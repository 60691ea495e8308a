// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

/** Why a volunteer and a person parted, or never met. */
public enum SlotEnd {
  /** Matched, and then nothing came. */
  NO_OFFER,
  /** No data channel opened: UDP is blocked, or the NATs do not let us. */
  NO_CHANNEL,
  /** Either end gave the match up by way of freddie. */
  HUNG_UP,
  /** The egress was not connected, or the connection broke. */
  EGRESS_AWAY,
  /** The egress ended the path. */
  EGRESS_CLOSED,
  /** The person's end of the channel is gone. */
  LEFT,
  /** The volunteer's own limits, or its owner. */
  WITHDRAWN,
  /** The volunteer's process ends. */
  LEAVING;

  /** Whether something went wrong. */
  public boolean isFault() {
    return ordinal() <= EGRESS_AWAY.ordinal();
  }
}
