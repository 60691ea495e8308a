// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.io.PrintWriter;
import java.time.Duration;
import tollway.cli.ByteText;

/** One line an hour, for whoever reads the log, of what was done in it; none when nothing was. */
final class HourLine {
  static final Duration HOUR = Duration.ofHours(1);

  private final String who;
  private final String things;
  private final PrintWriter log;
  private long count;
  private long up;
  private long down;

  /** {@code things} are what is counted, in the plural. */
  HourLine(String who, String things, PrintWriter log) {
    this.who = who;
    this.things = things;
    this.log = log;
  }

  /** All three since the start; bytes from people, and to them. */
  void tell(long countNow, long upNow, long downNow) {
    if (countNow > count || upNow > up || downNow > down) {
      log.printf(
          "%s: in the last hour %d %s, %s down, %s up%n",
          who, countNow - count, things, ByteText.of(downNow - down), ByteText.of(upNow - up));
      log.flush();
    }
    count = countNow;
    up = upNow;
    down = downNow;
  }
}
