// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Queues in which everybody has their turn, however long they are. */
final class Turns {
  private Turns() {}

  /**
   * The first who suits, of those who are looked at; if none does, they go to the end of the queue,
   * so that others are looked at next time.
   */
  static <T> @Nullable T first(Set<T> queue, int lookedAt, Predicate<T> suits) {
    List<T> passedOver = new ArrayList<>();
    for (T one : queue) {
      if (suits.test(one)) {
        return one;
      }
      passedOver.add(one);
      if (passedOver.size() == lookedAt) {
        break;
      }
    }
    if (passedOver.size() < queue.size()) {
      passedOver.forEach(queue::remove);
      queue.addAll(passedOver);
    }
    return null;
  }

  /** Out of the queue of {@code key}, and that out of {@code index} when it is empty. */
  static <K, T> void remove(Map<K, Set<T>> index, K key, T one) {
    Set<T> queue = index.get(key);
    if (queue != null && queue.remove(one) && queue.isEmpty()) {
      index.remove(key);
    }
  }
}
