// SPDX-License-Identifier: Apache-2.0
package tollway.signaling;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tollway.identity.NodeId;

/**
 * Which egresses a producer reaches, and how.
 *
 * @param allow the ways it offers
 * @param deny what it does not, whatever it allows: these egresses at this distance or farther
 */
public record PathAssertion(List<Endpoint> allow, List<Endpoint> deny) {
  /** In both lists together; few, because each names a key that is checked. */
  public static final int MAX_ENDPOINTS = 32;

  public static final PathAssertion NOTHING = new PathAssertion(List.of(), List.of());

  /** What is said twice, and in which order, means nothing. */
  public PathAssertion {
    if (allow.size() + deny.size() > MAX_ENDPOINTS) {
      throw new IllegalArgumentException("an advert names too many endpoints");
    }
    if (deny.stream().anyMatch(Endpoint::justInTime)) {
      throw new IllegalArgumentException("what is denied is not made on request");
    }
    allow = allow.stream().distinct().sorted().toList();
    deny = deny.stream().distinct().sorted().toList();
  }

  /** Of a producer that is connected to {@code egresses}, and to no other volunteer. */
  public static PathAssertion connected(List<NodeId> egresses) {
    return new PathAssertion(egresses.stream().map(Endpoint::connected).toList(), List.of());
  }

  /** The same, and {@code more} on request. */
  public PathAssertion andOnRequest(List<NodeId> more) {
    List<Endpoint> all = new ArrayList<>(allow);
    more.forEach(egress -> all.add(Endpoint.onRequest(egress)));
    return new PathAssertion(all, deny);
  }

  /** How {@code egress} is reached over exactly so many volunteers; empty: it is not. */
  public Optional<Endpoint> way(NodeId egress, int distance) {
    if (deny.stream().anyMatch(no -> no.isFor(egress) && no.distance() <= distance)) {
      return Optional.empty();
    }
    return allow.stream()
        .filter(yes -> yes.isFor(egress))
        .filter(yes -> yes.distance() <= distance && distance <= yes.farthest())
        .min(PathAssertion::standingFirst);
  }

  private static int standingFirst(Endpoint one, Endpoint other) {
    return Boolean.compare(one.justInTime(), other.justInTime());
  }
}
