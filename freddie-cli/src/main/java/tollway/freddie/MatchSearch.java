// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import tollway.identity.NodeId;
import tollway.signaling.Endpoint;

/**
 * Who suits whom. What is looked at for one client is bounded; whoever was looked at in vain goes
 * to the end of the queue.
 */
final class MatchSearch {
  /** How many on the other side are looked at for one client before it waits. */
  static final int LOOKED_AT = 128;

  /** The same, of those who reach the egress by way of others only: they take longer to look at. */
  private static final int LOOKED_AT_BEYOND = 16;

  /** By way of how many others it is tried whether a producer leads to the egress. */
  private static final int PROSPECTS = 8;

  private final FreeProducers free;
  private final Wishes wishes;
  private final MatchPolicy policy;

  MatchSearch(FreeProducers free, Wishes wishes, MatchPolicy policy) {
    this.free = free;
    this.wishes = wishes;
    this.policy = policy;
  }

  /**
   * The best at this distance from the egress; among those whom the consumer knows when it may meet
   * nobody else.
   */
  @Nullable Client producer(Wish wish, int distance) {
    ToIntFunction<Client> rank =
        each -> suits(wish, each, distance) ? policy.rank(wish, each) : Turns.UNFIT;
    return policy
        .only(wish.owner)
        .map(marks -> free.best(marks, rank))
        .orElseGet(() -> free.best(wish.egress, distance, lookedAt(distance), rank));
  }

  /** The first for {@code egress}, or for any, for whom the producer is one at this distance. */
  @Nullable Wish wish(Client producer, Optional<NodeId> egress, int distance) {
    return Turns.first(
        wishes.queue(egress), lookedAt(distance), each -> suits(each, producer, distance));
  }

  private static int lookedAt(int distance) {
    return distance == 0 ? LOOKED_AT : LOOKED_AT_BEYOND;
  }

  private boolean suits(Wish wish, Client producer, int distance) {
    return distance >= wish.least
        && distance <= wish.most
        && policy.lets(wish, producer)
        && leads(
            producer, wish.egress, distance, distance == 0 ? Set.of() : wish.keptFromTheRest());
  }

  /**
   * Whether {@code producer} leads to {@code egress} over exactly so many others: what it offers
   * just in time is believed as long as there is somebody by way of whom it could.
   */
  private boolean leads(Client producer, NodeId egress, int distance, Set<NodeId> onTheWay) {
    Optional<Endpoint> way = producer.advert.paths().way(egress, distance);
    if (way.isEmpty() || distance == 0 || !way.get().justInTime()) {
      return way.isPresent();
    }
    if (policy.isFull(producer.node)) {
      return false;
    }
    Set<NodeId> others = new HashSet<>(onTheWay);
    others.add(producer.node);
    return free.any(
        egress,
        distance - 1,
        PROSPECTS,
        next ->
            !others.contains(next.node)
                && !policy.failedLately(producer, next)
                && leads(next, egress, distance - 1, others));
  }
}
