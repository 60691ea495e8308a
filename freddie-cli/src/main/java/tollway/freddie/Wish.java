// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tollway.identity.NodeId;
import tollway.signaling.Signal;
import tollway.stun.NatMapping;

/** Producers that a consumer wants, for itself or for a match of which it is the producer. */
final class Wish {
  /** Another instance says its wish again after a while. */
  private static final int MOST_REFUSALS = 8;

  final Client owner;
  final NodeId egress;

  /** How many producers shall lie between the one wanted and the egress. */
  final int least;

  final int most;
  final NatMapping nat;
  final @Nullable Match onwardOf;
  Set<NodeId> excluded;
  int count;
  private int refusals;

  private Wish(
      Client owner,
      int count,
      NodeId egress,
      int least,
      int most,
      Set<NodeId> excluded,
      NatMapping nat,
      @Nullable Match onwardOf) {
    this.owner = owner;
    this.count = count;
    this.egress = egress;
    this.least = least;
    this.most = most;
    this.excluded = excluded;
    this.nat = nat;
    this.onwardOf = onwardOf;
  }

  static Wish of(Client owner, Signal.PeerRequest request) {
    return new Wish(
        owner,
        request.count(),
        request.egress(),
        request.least(),
        request.most(),
        Set.copyOf(request.exclude()),
        request.nat(),
        null);
  }

  /** What a client of another instance wants that finds nobody there. */
  static Wish elsewhere(Client owner, Letter.Wanted wanted) {
    return new Wish(
        owner,
        wanted.count(),
        wanted.egress(),
        wanted.least(),
        wanted.most(),
        Set.copyOf(wanted.exclude()),
        wanted.nat(),
        null);
  }

  /**
   * That producer will not do, and so one more is wanted again; not when that was so a few times.
   */
  boolean refuses(NodeId producer) {
    if (++refusals > MOST_REFUSALS) {
      return false;
    }
    Set<NodeId> more = new HashSet<>(excluded);
    more.add(producer);
    excluded = more;
    count++;
    return true;
  }

  /**
   * Nearer to the egress by one than {@code match}; nobody who is on the way to it, and nobody who
   * helps the person at its beginning already: when they vanish, both ways would.
   */
  static Wish onwards(Match match, Signal.OnwardRequest request) {
    Set<NodeId> excluded = new HashSet<>(request.exclude());
    Match first = match;
    excluded.add(first.consumer().node);
    excluded.addAll(first.consumer().kept);
    while (first.onwardOf() != null) {
      first = first.onwardOf();
      excluded.add(first.consumer().node);
      excluded.addAll(first.consumer().kept);
    }
    first.consumer().partners.forEach(partner -> excluded.add(partner.node));
    int distance = match.distance() - 1;
    Client owner = match.producer();
    return new Wish(
        owner, 1, match.egress(), distance, distance, excluded, owner.advert.nat(), match);
  }

  /** Who may not be on the way behind a producer that suits. */
  Set<NodeId> keptFromTheRest() {
    Set<NodeId> kept = new HashSet<>(excluded);
    kept.add(owner.node);
    if (onwardOf == null) {
      owner.partners.forEach(partner -> kept.add(partner.node));
    }
    return kept;
  }
}
