// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Things that all last equally long; each operation takes the same time however many there are. */
final class Expiry<T> {
  private final long nanos;
  private final Map<T, Long> begun = new LinkedHashMap<>();

  Expiry(Duration lifetime) {
    nanos = lifetime.toNanos();
  }

  /** Begins, or begins anew. */
  void begin(T one, long now) {
    begun.remove(one);
    begun.put(one, now);
  }

  /** Whether it was there. */
  boolean remove(T one) {
    return begun.remove(one) != null;
  }

  boolean contains(T one) {
    return begun.containsKey(one);
  }

  /** Everything, oldest first. */
  List<T> all() {
    return List.copyOf(begun.keySet());
  }

  /** There is one. */
  T oldest() {
    return begun.keySet().iterator().next();
  }

  int size() {
    return begun.size();
  }

  /** Takes out those whose time is over. */
  List<T> over(long now) {
    List<T> over = new ArrayList<>();
    Iterator<Map.Entry<T, Long>> oldest = begun.entrySet().iterator();
    while (oldest.hasNext()) {
      Map.Entry<T, Long> one = oldest.next();
      if (now - one.getValue() < nanos) {
        break;
      }
      over.add(one.getKey());
      oldest.remove();
    }
    return over;
  }
}
