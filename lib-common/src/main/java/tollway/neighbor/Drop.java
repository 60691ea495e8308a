// SPDX-License-Identifier: Apache-2.0
package tollway.neighbor;

/** Why a datagram had no effect. */
public enum Drop {
  /** Not a message. */
  MALFORMED,
  /** We speak with nobody. */
  CLOSED,
  /** From a key that the operator has blocked. */
  BLOCKED,
  /** From ourselves, or somebody with our key. */
  OWN,
  /** A sequence number that its sender has used or passed. */
  STALE,
  /** More than we check from that source, or at all. */
  OVER_BUDGET,
  /** For somebody else, or for what we were before. */
  MISDIRECTED,
  /** In {@code scrooge}, of somebody with whom we speak {@code scrooge2}. */
  DOWNGRADE,
  /** A newcomer's claim of an effort that it did not make, or of too small a one. */
  UNSOLVED,
  /** The signature is not the sender's. */
  FORGED,
  /** An address that is not on the link it came from: we would be made to send elsewhere. */
  OFF_LINK,
  /** No room for another neighbour. */
  TABLE_FULL,
  /** More newcomers than we take in. */
  CROWDED,
  /** A confirmation though we have not said hello: a repetition, or too late. */
  UNASKED,
  /** A tunnel request of somebody who has not said hello, or not from where the hello came. */
  UNINTRODUCED,
  /** A tunnel request of somebody whose tunnel the operator has closed. */
  TUNNEL_CLOSED
}
