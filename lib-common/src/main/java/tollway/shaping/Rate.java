// SPDX-License-Identifier: Apache-2.0
package tollway.shaping;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A data rate of whole kbit/s: exactly what {@code tc} can be told, and prints again. */
public record Rate(long kbit) implements Comparable<Rate> {
  public static final Rate MIN = new Rate(8);
  public static final Rate MAX = new Rate(100_000_000);

  private static final Pattern FORM = Pattern.compile("(\\d{1,9})(?:\\.(\\d{1,3}))?(k|m|g)?bit");

  public Rate {
    if (kbit < 1) {
      throw new IllegalArgumentException("not a rate: " + kbit + " kbit/s");
    }
  }

  public static Rate ofMbit(long mbit) {
    return new Rate(mbit * 1000);
  }

  /** {@code 20mbit}, {@code 1.5mbit}, {@code 500kbit}, {@code 1gbit}: 8 kbit/s to 100 Gbit/s. */
  public static Optional<Rate> parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      return Optional.empty();
    }
    double unit =
        switch (String.valueOf(form.group(3))) {
          case "k" -> 1;
          case "m" -> 1_000;
          case "g" -> 1_000_000;
          default -> 0.001;
        };
    String fraction = form.group(2) == null ? "0" : form.group(2);
    long kbit = Math.round(Double.parseDouble(form.group(1) + "." + fraction) * unit);
    return kbit < MIN.kbit || kbit > MAX.kbit ? Optional.empty() : Optional.of(new Rate(kbit));
  }

  /** At least 1 kbit/s. */
  static Rate floor(double kbit) {
    return new Rate(Math.max(1, (long) Math.floor(kbit + 1e-6)));
  }

  public Rate percent(double percent) {
    return floor(kbit * percent / 100);
  }

  public long bytesPerSecond() {
    return kbit * 125;
  }

  /** How much passes in {@code millis}. */
  long bytesIn(int millis) {
    return kbit * millis / 8;
  }

  Rate min(Rate other) {
    return compareTo(other) <= 0 ? this : other;
  }

  @Override
  public int compareTo(Rate other) {
    return Long.compare(kbit, other.kbit);
  }

  /** In the largest unit that needs no rounding. */
  @Override
  public String toString() {
    if (kbit % 1_000_000 == 0) {
      return kbit / 1_000_000 + "gbit";
    }
    return kbit % 100 == 0 && kbit >= 1000
        ? String.format(Locale.ROOT, "%.1fmbit", kbit / 1000.0).replace(".0", "")
        : kbit + "kbit";
  }
}
