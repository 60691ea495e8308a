// SPDX-License-Identifier: Apache-2.0
package tollway.netstated;

import java.io.IOException;
import java.io.PrintWriter;
import tollway.netstate.GraphView;

/** The present graph as a table, without escape sequences. */
final class TableOnce implements WatchView {
  private final PrintWriter out;

  TableOnce(PrintWriter out) {
    this.out = out;
  }

  @Override
  public void show(GraphView view) throws IOException {
    out.println(MapTable.summary(view).plain());
    MapTable.rows(view).forEach(row -> out.println(row.plain()));
    PlainLines.check(out);
  }

  @Override
  public void lost(String why) {
    // Who looks once is told by the exit code.
  }
}
