// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tollway.cli.UserErrorException;

/** A point in the past: {@code 36h}, {@code 7d} ago, or {@code 2026-05-01}, or with a time. */
final class SinceText {
  private static final Pattern AGO = Pattern.compile("(\\d{1,5})(m|h|d)");

  private SinceText() {}

  static Instant parse(String text, Instant now) {
    Matcher ago = AGO.matcher(text);
    if (ago.matches()) {
      long number = Long.parseLong(ago.group(1));
      return now.minus(
          switch (ago.group(2)) {
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
          });
    }
    try {
      return text.contains("T")
          ? Instant.parse(text)
          : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
    } catch (DateTimeParseException neither) {
      throw new UserErrorException(
          "--since: '" + text + "' is neither 36h, 7d, 2026-05-01 nor 2026-05-01T12:00:00Z");
    }
  }
}
