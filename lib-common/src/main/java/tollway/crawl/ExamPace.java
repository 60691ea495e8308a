// SPDX-License-Identifier: Apache-2.0
package tollway.crawl;

import java.time.Duration;

/**
 * How a server is examined.
 *
 * @param rounds questions, each with a transaction id of its own
 * @param patience how long each may take
 * @param gap between an answer and the next question
 */
public record ExamPace(int rounds, Duration patience, Duration gap) {
  /** A server that is silent so often from the start is asked no more. */
  static final int SILENT_ROUNDS = 3;

  public static final ExamPace DEFAULT =
      new ExamPace(5, Duration.ofSeconds(1), Duration.ofMillis(50));

  public ExamPace {
    if (rounds < 1 || rounds > 100 || patience.isZero() || patience.isNegative()) {
      throw new IllegalArgumentException("1 to 100 rounds, and some patience");
    }
  }

  public ExamPace withPatience(Duration other) {
    return new ExamPace(rounds, other, gap);
  }

  ExamPace withGap(Duration other) {
    return new ExamPace(rounds, patience, other);
  }
}
