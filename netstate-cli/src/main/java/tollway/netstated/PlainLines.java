// SPDX-License-Identifier: Apache-2.0
package tollway.netstated;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import tollway.netstate.GraphView;

/** For logs and pipes: a line for each thing that happens, without escape sequences. */
final class PlainLines implements WatchView {
  private final PrintWriter out;
  private final PrintWriter err;
  private GraphView shown = new GraphView(0, List.of(), List.of());

  PlainLines(PrintWriter out, PrintWriter err) {
    this.out = out;
    this.err = err;
  }

  @Override
  public void show(GraphView view) throws IOException {
    GraphChanges.between(shown, view).forEach(out::println);
    shown = view;
    check(out);
  }

  @Override
  public void lost(String why) {
    err.println("netstate: lost the server: " + why + "; trying again");
  }

  /** A {@link PrintWriter} keeps its failures to itself until it is asked. */
  static void check(PrintWriter out) throws IOException {
    if (out.checkError()) {
      throw new IOException("the output takes no more");
    }
  }
}
