// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.PrintWriter;
import tollway.scrooge.lab.Progress;
import tollway.scrooge.lab.Report;

/** A scenario as it goes, line by line. */
final class LabProgress implements Progress {
  private final String scenario;
  private final PrintWriter err;

  LabProgress(String scenario, PrintWriter err) {
    this.scenario = scenario;
    this.err = err;
  }

  @Override
  public void step(int number, int of, String what) {
    err.printf("%s: step %d of %d: %s%n", scenario, number, of, what);
  }

  @Override
  public void row(Report.Row row) {
    err.printf("  %s %s: %s (%s s)%n", row.node(), row.check(), row.result(), row.time());
    if (!row.detail().isEmpty()) {
      err.println("    " + row.detail());
    }
  }

  @Override
  public void note(String line) {
    err.println("    " + line);
  }
}
