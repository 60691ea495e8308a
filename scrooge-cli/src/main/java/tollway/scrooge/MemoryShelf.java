// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Settings as long as the process lives. Touched on the {@code os} loop. */
final class MemoryShelf implements Shelf {
  private final Map<String, Map<String, String>> kinds = new TreeMap<>();

  @Override
  public Map<String, String> settings(String kind) {
    return Map.copyOf(kinds.getOrDefault(kind, Map.of()));
  }

  @Override
  public void set(String kind, String key, Optional<String> value) {
    Map<String, String> settings = kinds.computeIfAbsent(kind, each -> new TreeMap<>());
    value.ifPresentOrElse(text -> settings.put(key, text), () -> settings.remove(key));
  }
}
