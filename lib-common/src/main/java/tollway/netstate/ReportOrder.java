// SPDX-License-Identifier: Apache-2.0
package tollway.netstate;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import tollway.bounded.BoundedMaps;
import tollway.identity.NodeId;

/**
 * Remembers what each node said last, also when the node is gone, so that an old message that comes
 * again changes nothing. Bounded: the node heard longest ago is forgotten first.
 */
final class ReportOrder {
  private static final int MAX_NODES = 4096;
  private static final int MAX_PAST_RUNS = 8;

  private final Map<NodeId, Last> lastOf = BoundedMaps.leastRecent(MAX_NODES);

  private static final class Last {
    long run;
    long seqno;
    final Deque<Long> pastRuns = new ArrayDeque<>();
  }

  /** Whether {@code stamp} is newer than all that {@code node} said before; then it is kept. */
  boolean admit(NodeId node, Stamp stamp) {
    Last last = lastOf.get(node);
    if (last == null) {
      last = new Last();
      lastOf.put(node, last);
    } else if (stamp.run() == last.run) {
      if (stamp.seqno() <= last.seqno) {
        return false;
      }
    } else {
      if (last.pastRuns.contains(stamp.run())) {
        return false;
      }
      last.pastRuns.addLast(last.run);
      if (last.pastRuns.size() > MAX_PAST_RUNS) {
        last.pastRuns.removeFirst();
      }
    }
    last.run = stamp.run();
    last.seqno = stamp.seqno();
    return true;
  }
}
