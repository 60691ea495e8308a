// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tollway.identity.NodeId;
import tollway.signaling.Endpoint;

/**
 * Producers with a free slot, by the endpoints that they allow; who waits longest first. What they
 * deny is not looked at here.
 */
final class FreeProducers {
  /** Egress, or any, and distance. */
  private record Shelf(Optional<NodeId> egress, int distance) {}

  private final Map<Shelf, Set<Client>> shelves = new HashMap<>();

  /** By mark. */
  private final Map<Long, Client> all = new HashMap<>();

  /** Into the queues, unless it stands there. */
  void add(Client producer) {
    if (producer.hasFreeSlot() && !producer.advert.paths().allow().isEmpty()) {
      all.put(producer.mark, producer);
      eachShelf(
          producer,
          shelf -> shelves.computeIfAbsent(shelf, key -> new LinkedHashSet<>()).add(producer));
    }
  }

  void remove(Client producer) {
    all.remove(producer.mark, producer);
    eachShelf(producer, shelf -> Turns.remove(shelves, shelf, producer));
  }

  int count() {
    return all.size();
  }

  /** The best of those who say that they reach {@code egress} over so many others. */
  @Nullable Client best(NodeId egress, int distance, int lookedAt, ToIntFunction<Client> rank) {
    Client found = Turns.best(queue(Optional.of(egress), distance), lookedAt, rank);
    return found != null ? found : Turns.best(queue(Optional.empty(), distance), lookedAt, rank);
  }

  /** The best of those with one of these marks; of equals the one who gives least. */
  @Nullable Client best(long[] marks, ToIntFunction<Client> rank) {
    Client best = null;
    int bestRank = Turns.UNFIT;
    for (long mark : marks) {
      Client one = all.get(mark);
      if (one == null) {
        continue;
      }
      int its = rank.applyAsInt(one);
      if (its < bestRank || (best != null && its == bestRank && one.given < best.given)) {
        best = one;
        bestRank = its;
      }
      if (bestRank == MatchPolicy.BEST && one == best && one.given == 0) {
        break;
      }
    }
    return best;
  }

  /** Whether one of the first who say so suits; nobody loses their turn. */
  boolean any(NodeId egress, int distance, int lookedAt, Predicate<Client> suits) {
    return Stream.of(Optional.of(egress), Optional.<NodeId>empty())
        .flatMap(which -> queue(which, distance).stream().limit(lookedAt))
        .anyMatch(suits);
  }

  private Set<Client> queue(Optional<NodeId> egress, int distance) {
    return shelves.getOrDefault(new Shelf(egress, distance), Set.of());
  }

  private static void eachShelf(Client producer, Consumer<Shelf> action) {
    for (Endpoint endpoint : producer.advert.paths().allow()) {
      for (int far = endpoint.distance(); far <= endpoint.farthest(); far++) {
        action.accept(new Shelf(endpoint.egress(), far));
      }
    }
  }
}
