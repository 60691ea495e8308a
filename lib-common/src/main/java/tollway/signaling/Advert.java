// SPDX-License-Identifier: Apache-2.0
package tollway.signaling;

import java.util.List;
import tollway.identity.NodeId;
import tollway.stun.NatMapping;

/**
 * What a producer offers.
 *
 * @param slots how many matches it may hold at once; 0 withdraws the offer
 * @param paths the egresses it leads to
 * @param tag a name that its owner chose, for people
 * @param nat the NAT before it
 */
public record Advert(int slots, PathAssertion paths, String tag, NatMapping nat) {
  public static final int MAX_SLOTS = 1024;
  public static final int MAX_EGRESSES = 16;
  public static final int MAX_TAG = 64;

  public Advert {
    if (slots < 0 || slots > MAX_SLOTS) {
      throw new IllegalArgumentException("slots are 0 to " + MAX_SLOTS);
    }
    if (tag.length() > MAX_TAG) {
      throw new IllegalArgumentException("an advert is too long");
    }
  }

  /** Of a producer that does not know its NAT. */
  public Advert(int slots, PathAssertion paths, String tag) {
    this(slots, paths, tag, NatMapping.UNKNOWN);
  }

  /** Of a producer that is connected to {@code egresses} itself. */
  public Advert(int slots, List<NodeId> egresses, String tag) {
    this(slots, PathAssertion.connected(egresses), tag);
  }
}
