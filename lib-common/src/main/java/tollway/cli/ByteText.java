// SPDX-License-Identifier: Apache-2.0
package tollway.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Amounts of bytes on the command line: {@code 500M}, {@code 1.5G}, {@code 2T}; powers of 1000. */
public final class ByteText {
  private static final Pattern FORM =
      Pattern.compile("(\\d{1,9})(?:\\.(\\d{1,3}))?([kmgt]?)b?", Pattern.CASE_INSENSITIVE);

  private static final String UNITS = "kMGT";

  private ByteText() {}

  /** Reads the value of {@code option}, which is named when it is wrong. */
  public static long parse(String option, String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw mistake(option, text);
    }
    long unit = 1;
    for (int i = "kmgt".indexOf(form.group(3).toLowerCase(Locale.ROOT)); i >= 0; i--) {
      unit *= form.group(3).isEmpty() ? 1 : 1000;
    }
    String fraction = form.group(2) == null ? "" : form.group(2);
    long thousandths = Long.parseLong((fraction + "000").substring(0, 3));
    try {
      return Math.multiplyExact(Long.parseLong(form.group(1)), unit) + thousandths * unit / 1000;
    } catch (ArithmeticException tooMuch) {
      throw mistake(option, text);
    }
  }

  private static UserErrorException mistake(String option, String text) {
    return new UserErrorException(
        option + ": '" + text + "' is not an amount of bytes such as 500M, 1.5G or 2T");
  }

  /** For people: three digits or so, and the unit. */
  public static String of(long bytes) {
    double number = bytes;
    int unit = -1;
    while (number >= 999.5 && unit < UNITS.length() - 1) {
      number /= 1000;
      unit++;
    }
    return unit < 0
        ? bytes + " B"
        : String.format(
            Locale.ROOT, number < 9.95 ? "%.1f %sB" : "%.0f %sB", number, UNITS.charAt(unit));
  }
}
