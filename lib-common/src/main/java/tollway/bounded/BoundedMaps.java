// SPDX-License-Identifier: Apache-2.0
package tollway.bounded;

import java.util.LinkedHashMap;
import java.util.Map;

/** Maps that forget one key for each that is too many. Not for several threads. */
public final class BoundedMaps {
  private BoundedMaps() {}

  /** Forgets the key that came first; to put one anew does not make it younger. */
  public static <K, V> Map<K, V> firstCome(int most) {
    return new Bounded<>(most, false);
  }

  /** Forgets the key that was neither put nor asked for the longest. */
  public static <K, V> Map<K, V> leastRecent(int most) {
    return new Bounded<>(most, true);
  }

  private static final class Bounded<K, V> extends LinkedHashMap<K, V> {
    private static final long serialVersionUID = 1;

    private final int most;

    Bounded(int most, boolean byUse) {
      super(16, 0.75f, byUse);
      this.most = most;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
      return size() > most;
    }
  }
}
