// SPDX-License-Identifier: Apache-2.0
package tollway.receipt;

import tollway.identity.NodeId;

/**
 * What {@code issuer} says it forwarded between {@code start} and {@code end}, in seconds of 1970:
 * bytes of IP packets that came from {@code neighbor}, and of others that went to it. Claims of one
 * issuer about one neighbour are numbered from 1 on and do not overlap.
 */
public record Claim(
    NodeId issuer,
    NodeId neighbor,
    long number,
    long start,
    long end,
    long fromBytes,
    long forBytes) {
  public Claim {
    if (issuer.equals(neighbor)) {
      throw new IllegalArgumentException("nobody is its own neighbour");
    }
    if (number < 1 || start < 0 || end < start || fromBytes < 0 || forBytes < 0) {
      throw new IllegalArgumentException("no such claim can be");
    }
  }

  /**
   * The neighbour's answer. It sent {@code ownFrom} bytes into its tunnel and received {@code
   * ownFor}, encryption included; less than was claimed is a claim too high. What it sent to the
   * issuer itself was not forwarded: more than was claimed is nothing to object to.
   */
  public Answer answer(long ownFrom, long ownFor) {
    return new Answer(this, fits(fromBytes, ownFrom) && fits(forBytes, ownFor), ownFrom, ownFor);
  }

  /** Two in a hundred and 256 KiB: both ends look at their counters a moment apart. */
  private static boolean fits(long claimed, long own) {
    return claimed - own <= own / 50 + (256 << 10);
  }
}
