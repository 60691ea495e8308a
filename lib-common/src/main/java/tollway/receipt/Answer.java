// SPDX-License-Identifier: Apache-2.0
package tollway.receipt;

/** What a claim's neighbour says to it: whether it agrees, and what it counted itself. */
public record Answer(Claim claim, boolean agreed, long ownFrom, long ownFor) {
  public Answer {
    if (ownFrom < 0 || ownFor < 0) {
      throw new IllegalArgumentException("nobody counts less than nothing");
    }
  }
}
