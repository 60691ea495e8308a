// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.util.Locale;

/**
 * How far the work on a puzzle is, for a terminal. Each evaluation is a draw of its own, so nothing
 * is ever nearly done: the bar shows how many such puzzles would be solved by now, and the time is
 * what it takes from here on average, always the same.
 */
final class PuzzleProgress {
  /** Columns at most. */
  static final int WIDTH = 79;

  private static final int BAR = 20;

  private final int effort;

  PuzzleProgress(int effort) {
    this.effort = effort;
  }

  String line(long evaluations, long nanos) {
    double solved = 1 - Math.exp(-(double) evaluations / effort);
    int full = (int) (BAR * solved);
    String left =
        evaluations == 0
            ? ""
            : String.format(
                Locale.ROOT, ", %s more on average", seconds(effort * nanos / 1e9 / evaluations));
    return fitted(
        String.format(
            Locale.ROOT,
            "[%s%s] %2.0f %%: %,d tries, 1 in %,d%s",
            "#".repeat(full),
            "-".repeat(BAR - full),
            solved * 100,
            evaluations,
            effort,
            left));
  }

  private static String seconds(double seconds) {
    return seconds < 120
        ? String.format(Locale.ROOT, "%.1f s", seconds)
        : String.format(Locale.ROOT, "%.0f min", seconds / 60);
  }

  /** Over all that was there before. */
  private static String fitted(String line) {
    return line.length() >= WIDTH
        ? line.substring(0, WIDTH)
        : line + " ".repeat(WIDTH - line.length());
  }
}
