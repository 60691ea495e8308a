// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A queue in which sites take turns, however many of theirs wait. */
final class SiteQueue<T> {
  /** How many are looked at for one that suits. */
  private static final int LOOKED_AT = 64;

  private final Map<String, Set<T>> bySite = new HashMap<>();

  /** Whose turn it is comes first. */
  private final Set<String> sites = new LinkedHashSet<>();

  void add(String site, T one) {
    bySite.computeIfAbsent(site, key -> new LinkedHashSet<>()).add(one);
    sites.add(site);
  }

  void remove(String site, T one) {
    Set<T> queue = bySite.get(site);
    if (queue != null && queue.remove(one) && queue.isEmpty()) {
      bySite.remove(site);
      sites.remove(site);
    }
  }

  /** Takes out who suits and waits longest at the site whose turn it is. */
  @Nullable T poll(Predicate<T> suits) {
    int looked = 0;
    for (String site : sites) {
      for (T one : bySite.getOrDefault(site, Set.of())) {
        if (suits.test(one)) {
          return take(site, one);
        }
        if (++looked == LOOKED_AT) {
          return null;
        }
      }
    }
    return null;
  }

  /** Takes it out; its site comes last now. */
  private T take(String site, T one) {
    remove(site, one);
    if (sites.remove(site)) {
      sites.add(site);
    }
    return one;
  }
}
