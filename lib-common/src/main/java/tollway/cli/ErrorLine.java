// SPDX-License-Identifier: Apache-2.0
package tollway.cli;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What goes wrong, in one line of a length that people read. */
final class ErrorLine {
  /** No path or key is longer: it is somebody's accident, and its beginning says enough. */
  private static final int WORD_LIMIT = 200;

  private static final int WORD_SHOWN = 80;
  private static final int LIMIT = 1000;
  private static final String OPTION = "Invalid value for option '(--[a-z-]+)'(?: \\([^)]*\\))?: ";
  private static final Pattern NO_SUCH_WORD =
      Pattern.compile(
          OPTION + "expected one of \\[(.*)] \\(case-insensitive\\) but was '(.*)'",
          Pattern.DOTALL);
  private static final Pattern NO_NUMBER =
      Pattern.compile(OPTION + "'(.*)' is not an? (?:int|long)", Pattern.DOTALL);

  /** Of the name of a file. */
  static final String EMPTY = "the name is empty";

  private static final Pattern NO_NAME =
      Pattern.compile(
          "Invalid value for (?:option '|positional[^(]*\\()(.+?)(?:'.*|\\)): " + EMPTY);

  private ErrorLine() {}

  static String of(String who, @org.jspecify.annotations.Nullable String message) {
    String line = String.valueOf(message).strip().replaceAll("\\s*\\R\\s*", "; ");
    String readable = cut(line.replaceAll("\\p{Cntrl}", "?"));
    return who + ": " + readable;
  }

  /** For a command line that Picocli refused. */
  static String of(ParameterException wrong) {
    String command = wrong.getCommandLine().getCommandSpec().qualifiedName();
    return of(command, message(wrong)) + " (try '" + command + " --help')";
  }

  private static String message(ParameterException wrong) {
    CommandLine command = wrong.getCommandLine();
    if (wrong instanceof UnmatchedArgumentException unmatched
        && !command.getSubcommands().isEmpty()
        && !unmatched.getUnmatched().isEmpty()
        && !unmatched.getUnmatched().get(0).startsWith("-")) {
      String word = unmatched.getUnmatched().get(0);
      return "no such command '"
          + word
          + "'"
          + nearest(word, List.copyOf(command.getSubcommands().keySet()))
              .map(near -> "; did you mean '" + near + "'?")
              .orElse("");
    }
    return plain(String.valueOf(wrong.getMessage()));
  }

  /** In words for people, not for programmers. */
  private static String plain(String message) {
    Matcher word = NO_SUCH_WORD.matcher(message);
    if (word.matches()) {
      String known = word.group(2).toLowerCase(Locale.ROOT);
      return word.group(1) + ": '" + word.group(3) + "' is none of " + known;
    }
    Matcher name = NO_NAME.matcher(message);
    if (name.matches()) {
      return name.group(1) + ": " + EMPTY;
    }
    Matcher number = NO_NUMBER.matcher(message);
    return number.matches()
        ? number.group(1) + ": '" + number.group(2) + "' is not a whole number that fits"
        : message;
  }

  /** What was likely meant: at most two letters away, and closer than to being all wrong. */
  static Optional<String> nearest(String word, List<String> known) {
    if (word.length() > WORD_SHOWN) {
      return Optional.empty();
    }
    return known.stream()
        .sorted()
        .filter(each -> distance(word, each) <= Math.min(2, (each.length() - 1) / 2))
        .min(java.util.Comparator.comparingInt(each -> distance(word, each)));
  }

  /** How many letters to add, leave out, change or swap with the next. */
  private static int distance(String left, String right) {
    int[][] cost = new int[left.length() + 1][right.length() + 1];
    for (int i = 0; i <= left.length(); i++) {
      for (int j = 0; j <= right.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        int change = left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1;
        int least = Math.min(cost[i - 1][j] + 1, cost[i][j - 1] + 1);
        least = Math.min(least, cost[i - 1][j - 1] + change);
        boolean swapped =
            i > 1
                && j > 1
                && left.charAt(i - 1) == right.charAt(j - 2)
                && left.charAt(i - 2) == right.charAt(j - 1);
        cost[i][j] = swapped ? Math.min(least, cost[i - 2][j - 2] + 1) : least;
      }
    }
    return cost[left.length()][right.length()];
  }

  private static String cut(String line) {
    StringBuilder shown = new StringBuilder();
    for (String word : line.split(" ", -1)) {
      String part =
          word.length() <= WORD_LIMIT ? word : word.substring(0, WORD_SHOWN) + "…" + tail(word);
      shown.append(shown.isEmpty() ? "" : " ").append(part);
      if (shown.length() > LIMIT) {
        return shown.substring(0, LIMIT) + "…";
      }
    }
    return shown.toString();
  }

  /** A closing quote or colon, so that the line still reads. */
  private static String tail(String word) {
    char last = word.charAt(word.length() - 1);
    return last == '\'' || last == ':' ? String.valueOf(last) : "";
  }
}
