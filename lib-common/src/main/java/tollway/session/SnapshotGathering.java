// SPDX-License-Identifier: Apache-2.0
package tollway.session;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Collects one snapshot from each of several loops and hands them on together. */
final class SnapshotGathering {
  private final int expected;
  private final Consumer<List<SessionSnapshot>> sink;
  private final List<SessionSnapshot> gathered = new ArrayList<>();

  SnapshotGathering(int expected, Consumer<List<SessionSnapshot>> sink) {
    this.expected = expected;
    this.sink = sink;
  }

  /** Any thread. */
  void add(SessionSnapshot snapshot) {
    List<SessionSnapshot> all = null;
    synchronized (this) {
      gathered.add(snapshot);
      if (gathered.size() == expected) {
        all = List.copyOf(gathered);
      }
    }
    if (all != null) {
      sink.accept(all);
    }
  }
}
