// SPDX-License-Identifier: Apache-2.0
package tollway.worker;

/** Why a volunteer and a person parted, or never met. */
public enum SlotEnd {
  /** Matched, and then nothing came. */
  NO_OFFER(true),
  /** No data channel opened: UDP is blocked, or the NATs do not let us. */
  NO_CHANNEL(true),
  /** Either end gave the match up by way of freddie. */
  HUNG_UP(true),
  /** The egress, or the next volunteer, was not connected, or the connection broke. */
  EGRESS_AWAY(true),
  /** More volunteers would have been on the way than the person accepts. */
  TOO_FAR(true),
  /** The egress ended the path. */
  EGRESS_CLOSED(false),
  /** The person's end of the channel is gone. */
  LEFT(false),
  /** The volunteer's own limits, or its owner. */
  WITHDRAWN(false),
  /** The volunteer's process ends. */
  LEAVING(false);

  private final boolean fault;

  SlotEnd(boolean fault) {
    this.fault = fault;
  }

  /** Whether something went wrong. */
  public boolean isFault() {
    return fault;
  }
}
