// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Samples in the Prometheus text format; whatever looks like none is passed over. */
final class MetricsText {
  private static final Pattern SAMPLE =
      Pattern.compile("([a-z_]+)(?:\\{[a-z]+=\"([a-z_]{0,40})\"\\})? (\\d{1,18})(?:\\.0)?");

  private static final int MOST = 1_000;

  private final Map<String, Map<String, Long>> samples = new LinkedHashMap<>();

  private MetricsText() {}

  static MetricsText parse(String text) {
    MetricsText parsed = new MetricsText();
    text.lines().limit(MOST).forEach(parsed::line);
    return parsed;
  }

  boolean has(String name) {
    return samples.containsKey(name);
  }

  /** Without a label; 0 when there is none. */
  long value(String name) {
    return samples.getOrDefault(name, Map.of()).getOrDefault("", 0L);
  }

  /** By the label's value, without those that are 0. */
  Map<String, Long> family(String name) {
    Map<String, Long> family = new LinkedHashMap<>(samples.getOrDefault(name, Map.of()));
    family.values().removeIf(count -> count == 0);
    return family;
  }

  private void line(String line) {
    Matcher sample = SAMPLE.matcher(line);
    if (sample.matches()) {
      samples
          .computeIfAbsent(sample.group(1), name -> new LinkedHashMap<>())
          .put(sample.group(2) == null ? "" : sample.group(2), Long.parseLong(sample.group(3)));
    }
  }
}
