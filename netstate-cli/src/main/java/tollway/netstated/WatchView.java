// SPDX-License-Identifier: Apache-2.0
package tollway.netstated;

import java.io.IOException;
import tollway.netstate.GraphView;

/** One way to show graphs as they change. Lives on the watch's loop. */
interface WatchView {
  /** An {@link IOException} says that nobody sees it any more. */
  void show(GraphView view) throws IOException;

  /** The graph shown last is no longer live; told once until the next one is shown. */
  void lost(String why) throws IOException;

  /** Leaves the output as it was found. */
  default void close() {}
}
