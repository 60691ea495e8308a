// SPDX-License-Identifier: Apache-2.0
package tollway.shaping;

import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what {@code tc class show} prints; of classes it has no JSON. */
final class TcText {
  private static final Pattern CLASS =
      Pattern.compile("^class htb 1:([0-9a-f]{1,4}) ", Pattern.MULTILINE);

  private TcText() {}

  /** The numbers of the classes below {@code 1:}. */
  static SortedSet<Integer> classes(String printed) {
    SortedSet<Integer> numbers = new TreeSet<>();
    Matcher matcher = CLASS.matcher(printed);
    while (matcher.find()) {
      numbers.add(Integer.parseInt(matcher.group(1), 16));
    }
    return numbers;
  }
}
