// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge.lab;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Looks again and again until something is so, writes it down, and knows when all must end. */
final class Stopwatch {
  private static final long PAUSE_MILLIS = 50;

  private final Report report;
  private final Progress progress;
  private final long end;

  Stopwatch(Report report, Progress progress, int limitSeconds) {
    this.report = report;
    this.progress = progress;
    end = System.nanoTime() + TimeUnit.SECONDS.toNanos(limitSeconds);
  }

  /** Empty when all is as it should be, and otherwise what is not. */
  interface Look {
    Optional<String> fault() throws IOException, InterruptedException;
  }

  /** Until nothing is wrong any more; a row in any case. */
  void await(String node, String check, int within, Look look)
      throws IOException, InterruptedException {
    long begun = System.nanoTime();
    long deadline = Math.min(begun + TimeUnit.SECONDS.toNanos(within), end);
    Optional<String> fault = look.fault();
    while (fault.isPresent() && System.nanoTime() < deadline) {
      Thread.sleep(PAUSE_MILLIS);
      fault = look.fault();
    }
    String late = fault.map(why -> "not within " + within + " s: " + why).orElse("");
    write(node, check, begun, fault.isEmpty(), late);
  }

  /** Once. */
  void look(String node, String check, Look look) throws IOException, InterruptedException {
    long begun = System.nanoTime();
    Optional<String> fault = look.fault();
    write(node, check, begun, fault.isEmpty(), fault.orElse(""));
  }

  /** What was measured, good or bad. */
  void write(String node, String check, long begun, boolean passed, String detail) {
    double seconds = (System.nanoTime() - begun) / 1e9;
    Report.Row row = new Report.Row(node, check, passed, seconds, detail);
    report.add(row);
    progress.row(row);
  }

  boolean isOver() {
    return System.nanoTime() > end;
  }
}
