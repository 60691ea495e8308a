// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** Queues in which everybody has their turn, however long they are. */
final class Turns {
  /** Does not suit at all. */
  static final int UNFIT = Integer.MAX_VALUE;

  /** Behind the first who suits so many are looked at for a better one. */
  private static final int COMPARED = 16;

  private Turns() {}

  /** The first who suits, as {@link #best} has it. */
  static <T> @Nullable T first(Set<T> queue, int lookedAt, Predicate<T> suits) {
    return best(queue, lookedAt, one -> suits.test(one) ? 0 : UNFIT);
  }

  /**
   * The first of rank 0, or else the one of the least rank, of those who are looked at; if nobody
   * suits, they go to the end of the queue, so that others are looked at next time.
   */
  static <T> @Nullable T best(Set<T> queue, int lookedAt, ToIntFunction<T> rank) {
    List<T> passedOver = new ArrayList<>();
    T best = null;
    int bestRank = UNFIT;
    int compared = 0;
    for (T one : queue) {
      int its = rank.applyAsInt(one);
      if (its < bestRank) {
        best = one;
        bestRank = its;
      }
      if (bestRank == 0 || (best != null && ++compared == COMPARED)) {
        return best;
      }
      passedOver.add(one);
      if (passedOver.size() == lookedAt) {
        break;
      }
    }
    if (best == null && passedOver.size() < queue.size()) {
      passedOver.forEach(queue::remove);
      queue.addAll(passedOver);
    }
    return best;
  }

  /** Out of the queue of {@code key}, and that out of {@code index} when it is empty. */
  static <K, T> void remove(Map<K, Set<T>> index, K key, T one) {
    Set<T> queue = index.get(key);
    if (queue != null && queue.remove(one) && queue.isEmpty()) {
      index.remove(key);
    }
  }
}
