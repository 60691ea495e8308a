// SPDX-License-Identifier: Apache-2.0
package tollway.neighbor;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import tollway.identity.NodeId;

/**
 * The highest sequence number of each sender, kept longer than the sender's record: what was said
 * once is never believed again. Bounded; the least recently heard go first.
 */
final class SeqnoMarks {
  private static final int LIMIT = 8192;

  private final Map<NodeId, Long> marks =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<NodeId, Long> eldest) {
          return size() > LIMIT;
        }
      };

  /** Whether this sender's key has been checked before. */
  boolean knows(NodeId sender) {
    return marks.containsKey(sender);
  }

  OptionalLong of(NodeId sender) {
    Long mark = marks.get(sender);
    return mark == null ? OptionalLong.empty() : OptionalLong.of(mark);
  }

  /** Unsigned; a sender never heard of starts above 0. */
  boolean isStale(NodeId sender, long seqno) {
    return Long.compareUnsigned(seqno, marks.getOrDefault(sender, 0L)) <= 0;
  }

  /** Whatever it says next is new. */
  void forget(NodeId sender) {
    marks.remove(sender);
  }

  void raise(NodeId sender, long seqno) {
    marks.put(sender, seqno);
  }
}
