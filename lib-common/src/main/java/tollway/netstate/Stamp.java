// SPDX-License-Identifier: Apache-2.0
package tollway.netstate;

/**
 * Orders the messages of one node: {@code run} is drawn at random when its reporter starts, {@code
 * seqno} counts up from 1. No clock is involved, so a node whose clock is wrong loses nothing.
 */
public record Stamp(long run, long seqno) {
  public Stamp {
    if (seqno < 1) {
      throw new IllegalArgumentException("seqno " + seqno);
    }
  }
}
