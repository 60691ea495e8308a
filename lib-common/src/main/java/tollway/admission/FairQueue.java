// SPDX-License-Identifier: Apache-2.0
package tollway.admission;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What many origins want done, one thing of each in turn, those first who wanted nothing lately:
 * the shape of RFC 8290 §4. However much one wants, another waits for one thing of each origin at
 * most. What an origin wants anew replaces what it wanted before under the same name.
 *
 * @param <K> an origin
 * @param <N> a name of what an origin wants
 */
public final class FairQueue<K, N, T> {
  private static final class Flow<K, N, T> {
    final K origin;
    final Map<N, T> wanted = new LinkedHashMap<>();

    Flow(K origin) {
      this.origin = origin;
    }
  }

  private final int most;
  private final Map<K, Flow<K, N, T>> flows = new HashMap<>();
  private final Deque<Flow<K, N, T>> fresh = new ArrayDeque<>();
  private final Deque<Flow<K, N, T>> old = new ArrayDeque<>();
  private int size;

  /** An origin may want so many things at once. */
  public FairQueue(int most) {
    this.most = most;
  }

  /** Whether it will have its turn: an origin that wants too much at once is not heard. */
  public boolean offer(K origin, N name, T thing) {
    Flow<K, N, T> flow = flows.get(origin);
    if (flow == null) {
      flow = new Flow<>(origin);
      flows.put(origin, flow);
      fresh.addLast(flow);
    }
    if (flow.wanted.size() >= most && !flow.wanted.containsKey(name)) {
      return false;
    }
    if (flow.wanted.put(name, thing) == null) {
      size++;
    }
    return true;
  }

  /** Whose turn it is; null when nobody wants anything. */
  public @Nullable T poll() {
    while (!fresh.isEmpty() || !old.isEmpty()) {
      boolean isFresh = !fresh.isEmpty();
      Flow<K, N, T> flow = isFresh ? fresh.removeFirst() : old.removeFirst();
      var first = flow.wanted.entrySet().iterator();
      if (first.hasNext()) {
        T thing = first.next().getValue();
        first.remove();
        size--;
        old.addLast(flow);
        return thing;
      }
      if (isFresh) {
        old.addLast(flow);
      } else {
        flows.remove(flow.origin);
      }
    }
    return null;
  }

  /** {@code origin} does not want any of {@code which} any more. */
  public void forget(K origin, Predicate<N> which) {
    Flow<K, N, T> flow = flows.get(origin);
    if (flow != null) {
      int before = flow.wanted.size();
      flow.wanted.keySet().removeIf(which);
      size -= before - flow.wanted.size();
    }
  }

  public int size() {
    return size;
  }
}
