// SPDX-License-Identifier: Apache-2.0
package tollway.netstated;

import java.util.List;
import java.util.Locale;

/** Rates as people read them; the map's page writes them in the same way. */
final class RateText {
  private static final List<String> UNITS = List.of("B/s", "kB/s", "MB/s", "GB/s");

  private RateText() {}

  static String of(long bytesPerSecond) {
    double value = bytesPerSecond;
    int unit = 0;
    while (value >= 999.5 && unit < UNITS.size() - 1) {
      value /= 1000;
      unit++;
    }
    String form = unit == 0 || value >= 99.95 ? "%.0f %s" : "%.1f %s";
    return String.format(Locale.ROOT, form, value, UNITS.get(unit));
  }
}
