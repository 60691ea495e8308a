// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tollway.pipeline.WidgetLimits;

/** The limits of a volunteer, at its start and while it runs; see {@link LimitText}. */
final class LimitOptions {
  static final int SLOTS = 5;

  /** For the shell's completion. */
  private static final class Metered implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return List.of("pause", "ignore").iterator();
    }
  }

  @Option(
      names = "--slots",
      paramLabel = "N",
      description = "People at once (5 at the start). Fewer than are here: they may stay.")
  private @Nullable String slots;

  @Option(
      names = "--rate",
      paramLabel = "RATE",
      description =
          "What all people together may send, and what they may receive, such as 20mbit; shared"
              + " fairly.")
  private @Nullable String rate;

  @Option(names = "--rate-per-person", paramLabel = "RATE", description = "The same for each.")
  private @Nullable String ratePerPerson;

  @Option(
      names = "--quota-day",
      paramLabel = "BYTES",
      description =
          "Relay no more on one day, such as 5G, both directions together; a byte that is relayed"
              + " passes your line twice, in and out.")
  private @Nullable String quotaDay;

  @Option(
      names = "--quota-month",
      paramLabel = "BYTES",
      description = "The same for a calendar month.")
  private @Nullable String quotaMonth;

  @Option(
      names = "--schedule",
      paramLabel = "HOURS",
      description =
          "Help only then, by this host's clock: '22:00-07:00', 'mon-fri 18:00-23:00,sun"
              + " 08:00-24:00'.")
  private @Nullable String schedule;

  @Option(
      names = "--metered",
      paramLabel = "WHAT",
      completionCandidates = Metered.class,
      description =
          "When NetworkManager says that the connection is metered: pause (at the start) or"
              + " ignore.")
  private @Nullable String metered;

  /** Those that were given, by name. */
  Map<String, String> given() {
    Map<String, String> given = new LinkedHashMap<>();
    put(given, LimitText.SLOTS, slots);
    put(given, LimitText.RATE, rate);
    put(given, LimitText.RATE_PER_PERSON, ratePerPerson);
    put(given, LimitText.QUOTA_DAY, quotaDay);
    put(given, LimitText.QUOTA_MONTH, quotaMonth);
    put(given, LimitText.SCHEDULE, schedule);
    put(given, LimitText.METERED, metered);
    return given;
  }

  WidgetLimits toLimits() {
    return LimitText.apply(WidgetLimits.ofSlots(SLOTS), given());
  }

  private static void put(Map<String, String> given, String name, @Nullable String text) {
    if (text != null) {
      given.put(name, text);
    }
  }
}
