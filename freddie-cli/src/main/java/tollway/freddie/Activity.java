// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import com.google.gson.JsonObject;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tollway.cli.ByteText;

/** What a freddie was seen to do, look by look. */
final class Activity {
  private static final String BARS = "▁▂▃▄▅▆▇█";
  private static final String MADE = "freddie_matches_made_total";

  /** Looks on the screen, one column each. */
  private static final int MOST = 200;

  private final String freddie;
  private final Deque<Double> rates = new ArrayDeque<>();
  private @Nullable MetricsText last;
  private long lastNanos;

  Activity(String freddie) {
    this.freddie = freddie;
  }

  void add(MetricsText now, long nanoTime) {
    if (last != null) {
      double seconds = Math.max(1, nanoTime - lastNanos) / 1e9;
      // One that was started anew counts from 0.
      rates.addLast(Math.max(0, now.value(MADE) - last.value(MADE)) / seconds);
      if (rates.size() > MOST) {
        rates.removeFirst();
      }
    }
    last = now;
    lastNanos = nanoTime;
  }

  JsonObject json() {
    JsonObject json = new JsonObject();
    json.addProperty("freddie", freddie);
    json.addProperty("instances", value("freddie_instances"));
    json.addProperty("onBus", value("freddie_bus_connected") == 1);
    json.addProperty("connections", value("freddie_connections"));
    json.addProperty("clients", value("freddie_clients"));
    json.addProperty("freeProducers", value("freddie_producers_free"));
    json.addProperty("waitingConsumers", value("freddie_consumers_waiting"));
    json.addProperty("matches", value("freddie_matches"));
    json.addProperty("matchesMade", value(MADE));
    json.addProperty("matchesPerSecond", Math.round(rate() * 10) / 10.0);
    json.addProperty("quotaRefusals", value("freddie_quota_refusals_total"));
    json.addProperty("unreadBytes", value("freddie_unread_bytes"));
    json.add("refusals", object(family("freddie_refusals_total")));
    json.add("cutOff", object(family("freddie_cut_off_total")));
    return json;
  }

  /** For people; at most {@code width} columns of pictures. */
  List<String> lines(int width) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s: %s clients, %s connections, %s not read yet"
            .formatted(
                freddie,
                value("freddie_clients"),
                value("freddie_connections"),
                ByteText.of(value("freddie_unread_bytes"))));
    lines.add(
        "volunteers with a free slot %s, people waiting %s"
            .formatted(value("freddie_producers_free"), value("freddie_consumers_waiting")));
    lines.add(
        String.format(
            Locale.ROOT,
            "pairs %d now, %d made, %.1f a second",
            value("freddie_matches"),
            value(MADE),
            rate()));
    if (last != null && last.has("freddie_bus_connected") && value("freddie_bus_connected") == 0) {
      lines.add("alone: the bus is away");
    } else if (value("freddie_instances") > 1) {
      lines.add(
          "one of %s instances, pairs with others %s"
              .formatted(value("freddie_instances"), value("freddie_matches_elsewhere")));
    }
    lines.add(bars(Math.min(width, MOST)));
    addFamily(lines, "refused", "freddie_refusals_total");
    addFamily(lines, "cut off", "freddie_cut_off_total");
    return lines;
  }

  private String bars(int width) {
    double most = Math.max(1, rates.stream().mapToDouble(rate -> rate).max().orElse(1));
    return rates.stream()
        .skip(Math.max(0, rates.size() - width))
        .map(rate -> BARS.charAt((int) Math.round(rate / most * (BARS.length() - 1))))
        .map(String::valueOf)
        .collect(Collectors.joining());
  }

  private void addFamily(List<String> lines, String label, String name) {
    Map<String, Long> family = family(name);
    if (!family.isEmpty()) {
      lines.add(
          label
              + ": "
              + family.entrySet().stream()
                  .map(each -> each.getKey().replace('_', ' ') + " " + each.getValue())
                  .collect(Collectors.joining(", ")));
    }
  }

  private double rate() {
    return rates.isEmpty() ? 0 : rates.getLast();
  }

  private long value(String name) {
    return last == null ? 0 : last.value(name);
  }

  private Map<String, Long> family(String name) {
    return last == null ? Map.of() : last.family(name);
  }

  private static JsonObject object(Map<String, Long> family) {
    JsonObject json = new JsonObject();
    family.forEach(json::addProperty);
    return json;
  }
}
