// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tollway.identity.NodeId;

/** Wishes that are not satisfied, those of clients here and elsewhere. */
final class Wishes {
  private static final int SWEPT_AT_ONCE = 256;

  /** By egress: who waits longest first. */
  private final Map<NodeId, Set<Wish>> waiting = new HashMap<>();

  /** All of them, in the order in which they are swept. */
  private final Set<Wish> all = new LinkedHashSet<>();

  private int remote;

  /** At the end of the queue, unless it stands there. */
  void add(Wish wish) {
    if (all.add(wish)) {
      waiting.computeIfAbsent(wish.egress, egress -> new LinkedHashSet<>()).add(wish);
      remote += wish.owner.isRemote() ? 1 : 0;
    }
  }

  /** Whether it stood there. */
  boolean remove(Wish wish) {
    boolean stood = all.remove(wish);
    if (stood) {
      Turns.remove(waiting, wish.egress, wish);
      remote -= wish.owner.isRemote() ? 1 : 0;
    }
    return stood;
  }

  boolean contains(Wish wish) {
    return all.contains(wish);
  }

  /** Those for {@code egress}, or all. */
  Set<Wish> queue(Optional<NodeId> egress) {
    return egress.isEmpty() ? all : waiting.getOrDefault(egress.get(), Set.of());
  }

  /** Some of them, others each time. */
  List<Wish> some() {
    List<Wish> some = all.stream().limit(SWEPT_AT_ONCE).toList();
    some.forEach(
        wish -> {
          all.remove(wish);
          all.add(wish);
        });
    return some;
  }

  int count() {
    return all.size();
  }

  /** Of clients here. */
  int localCount() {
    return all.size() - remote;
  }
}
