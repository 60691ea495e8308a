// SPDX-License-Identifier: Apache-2.0
package tollway.cli;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations on the command line: {@code 500ms}, {@code 2s}, {@code 1.5s}, {@code 5m}, {@code 1h},
 * {@code 30d}. The longest is 100 years, which also fits into a long of nanoseconds.
 */
public final class DurationText {
  private static final Pattern FORM = Pattern.compile("(\\d{1,9})(?:\\.(\\d{1,3}))?(ms|s|m|h|d)");

  private static final Duration LONGEST = Duration.ofDays(36_525);

  private DurationText() {}

  /** Reads the value of {@code option}, which is named when it is wrong. */
  public static Duration parse(String option, String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new UserErrorException(
          option + ": '" + text + "' is not a duration such as 500ms, 2s, 5m, 1h or 30d");
    }
    long unit =
        switch (form.group(3)) {
          case "ms" -> 1;
          case "s" -> 1_000;
          case "m" -> 60_000;
          case "h" -> 3_600_000;
          default -> 86_400_000;
        };
    String fraction = form.group(2) == null ? "" : form.group(2);
    long thousandths = Long.parseLong((fraction + "000").substring(0, 3));
    Duration read =
        Duration.ofMillis(Long.parseLong(form.group(1)) * unit + thousandths * unit / 1_000);
    if (read.compareTo(LONGEST) > 0) {
      throw new UserErrorException(option + ": '" + text + "' is longer than 100 years");
    }
    return read;
  }
}
