// SPDX-License-Identifier: Apache-2.0
package tollway.neighbor;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tollway.bytes.Bytes;

/** The neighbours, and where they speak from. */
final class NeighborTable {
  private final Map<NeighborId, Neighbor> neighbors = new LinkedHashMap<>();
  private final Map<Place, Integer> places = new HashMap<>();
  private final Map<String, Integer> links = new HashMap<>();

  private record Place(String link, Bytes source) {
    static Place of(Neighbor neighbor) {
      return new Place(neighbor.id().link(), neighbor.contact().source());
    }
  }

  @Nullable Neighbor get(NeighborId id) {
    return neighbors.get(id);
  }

  void put(Neighbor neighbor) {
    count(neighbors.put(neighbor.id(), neighbor), -1);
    count(neighbor, 1);
  }

  void remove(NeighborId id) {
    count(neighbors.remove(id), -1);
  }

  private void count(@Nullable Neighbor neighbor, int change) {
    if (neighbor != null) {
      add(places, Place.of(neighbor), change);
      add(links, neighbor.id().link(), change);
    }
  }

  private static <K> void add(Map<K, Integer> counts, K key, int change) {
    if (counts.merge(key, change, Integer::sum) == 0) {
      counts.remove(key);
    }
  }

  int size() {
    return neighbors.size();
  }

  int sizeOn(String link) {
    return links.getOrDefault(link, 0);
  }

  /** Whether a neighbour's last hello came from there. */
  boolean speaksFrom(String link, Bytes source) {
    return places.containsKey(new Place(link, source));
  }

  Collection<Neighbor> values() {
    return Collections.unmodifiableCollection(neighbors.values());
  }

  List<Neighbor> snapshot() {
    return new ArrayList<>(neighbors.values());
  }
}
