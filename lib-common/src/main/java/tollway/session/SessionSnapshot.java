// SPDX-License-Identifier: Apache-2.0
package tollway.session;

import java.util.List;

/** How a session is doing: whether it can open streams, and its paths. */
public record SessionSnapshot(boolean ready, List<PathSnapshot> paths) {
  public SessionSnapshot {
    paths = List.copyOf(paths);
  }
}
