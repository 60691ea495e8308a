// SPDX-License-Identifier: Apache-2.0
package tollway.netstate;

/** What the graph made of a message. */
public enum Verdict {
  ACCEPTED,
  /** Seen before, or from a run of the node that a newer run has replaced. */
  STALE,
  /** The graph holds no more nodes or edges. */
  FULL
}
