// SPDX-License-Identifier: Apache-2.0
package tollway.worker;

/**
 * Where a volunteer's slot is.
 *
 * @param alarm the number of the alarm that it waits for; 0 when it waits for none
 */
public record Slot(Stage stage, int alarm) {
  /**
   * What becomes of a slot.
   *
   * <pre>
   * MATCHED ──offer──▶ CONNECTING ──channel──▶ RELAYING ──egress closes──▶ PARTING
   *    └────────────────────┴──────── anything ends ──┴───────────────────────┴───▶ ENDED
   * </pre>
   */
  public enum Stage {
    MATCHED,
    CONNECTING,
    RELAYING,
    /** What the egress said last may tell why, and is still in the channel's queue. */
    PARTING,
    ENDED
  }

  /** Whether the two ends were ever joined, and still are. */
  public boolean isRelaying() {
    return stage == Stage.RELAYING || stage == Stage.PARTING;
  }
}
