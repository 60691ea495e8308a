// SPDX-License-Identifier: Apache-2.0
package tollway.signaling;

import java.util.Optional;
import tollway.identity.NodeId;

/**
 * Egresses, and how far away.
 *
 * @param egress which one; empty for any
 * @param distance how many volunteers lie between the speaker and the egress
 * @param justInTime there is no way yet, but one is made on request, over {@code distance}
 *     volunteers or more
 */
public record Endpoint(Optional<NodeId> egress, int distance, boolean justInTime)
    implements Comparable<Endpoint> {
  /** With the one who is asked, three volunteers. */
  public static final int MAX_DISTANCE = 2;

  public Endpoint {
    if (distance < 0 || distance > MAX_DISTANCE) {
      throw new IllegalArgumentException("a distance is 0 to " + MAX_DISTANCE);
    }
  }

  /** The speaker is connected to {@code egress} itself. */
  public static Endpoint connected(NodeId egress) {
    return new Endpoint(Optional.of(egress), 0, false);
  }

  /** The speaker looks for a volunteer when it is asked for {@code egress}. */
  public static Endpoint onRequest(NodeId egress) {
    return new Endpoint(Optional.of(egress), 1, true);
  }

  public boolean isFor(NodeId other) {
    return egress.isEmpty() || egress.get().equals(other);
  }

  /** The farthest that is meant. */
  public int farthest() {
    return justInTime ? MAX_DISTANCE : distance;
  }

  /** The nearest first, what is there before what is made, and named egresses before any. */
  @Override
  public int compareTo(Endpoint other) {
    int order = Integer.compare(distance, other.distance);
    if (order == 0) {
      order = Boolean.compare(justInTime, other.justInTime);
    }
    if (order == 0) {
      order = Boolean.compare(egress.isEmpty(), other.egress.isEmpty());
    }
    return order == 0 && egress.isPresent() && other.egress.isPresent()
        ? egress.get().compareTo(other.egress.get())
        : order;
  }
}
