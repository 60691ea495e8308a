// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import com.google.gson.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tollway.control.ControlEvents;
import tollway.metrics.Sample;

/**
 * How often something came for which cause, told as an event whenever it has become more. On one
 * loop.
 */
final class Causes {
  private final String event;
  private final Map<Enum<?>, Long> told = new HashMap<>();

  Causes(String event) {
    this.event = event;
  }

  /** How many have come since this was asked last, if any. */
  Optional<JsonObject> news(Map<? extends Enum<?>, Long> now) {
    JsonObject line = ControlEvents.event(event);
    boolean more = false;
    for (Map.Entry<? extends Enum<?>, Long> each : new TreeMap<>(now).entrySet()) {
      Long before = told.put(each.getKey(), each.getValue());
      long fresh = each.getValue() - (before == null ? 0 : before);
      if (fresh > 0) {
        line.addProperty(word(each.getKey()), fresh);
        more = true;
      }
    }
    return more ? Optional.of(line) : Optional.empty();
  }

  /** Those that came, in their order. */
  static JsonObject json(Map<? extends Enum<?>, Long> counts) {
    JsonObject json = new JsonObject();
    new TreeMap<>(counts)
        .forEach(
            (cause, count) -> {
              if (count > 0) {
                json.addProperty(word(cause), count);
              }
            });
    return json;
  }

  /** Each cause, also those that never came. */
  static List<Sample> samples(String name, String help, Map<? extends Enum<?>, Long> counts) {
    return counts.entrySet().stream()
        .map(each -> Sample.counter(name, help, each.getValue()).with("cause", word(each.getKey())))
        .toList();
  }

  static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
