// SPDX-License-Identifier: Apache-2.0
package tollway.neighbor;

import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tollway.bounded.BoundedMaps;
import tollway.identity.NodeId;

/**
 * The highest sequence number of each sender, kept longer than the sender's record: what was said
 * once is never believed again. Bounded; the least recently heard go first, and those who once had
 * a tunnel with us cannot be pushed out by those who had none.
 */
final class SeqnoMarks {
  private final Map<NodeId, Long> strangers = BoundedMaps.leastRecent(8192);
  private final Map<NodeId, Long> proven = BoundedMaps.leastRecent(1024);

  /** Whether this sender's key has been checked before. */
  boolean knows(NodeId sender) {
    return proven.containsKey(sender) || strangers.containsKey(sender);
  }

  OptionalLong of(NodeId sender) {
    @Nullable Long mark = proven.get(sender);
    if (mark == null) {
      mark = strangers.get(sender);
    }
    return mark == null ? OptionalLong.empty() : OptionalLong.of(mark);
  }

  /** Unsigned; a sender never heard of starts above 0. */
  boolean isStale(NodeId sender, long seqno) {
    return Long.compareUnsigned(seqno, of(sender).orElse(0)) <= 0;
  }

  /** Whatever it says next is new. */
  void forget(NodeId sender) {
    proven.remove(sender);
    strangers.remove(sender);
  }

  void raise(NodeId sender, long seqno) {
    (proven.containsKey(sender) ? proven : strangers).put(sender, seqno);
  }

  /** It has a tunnel with us. */
  void prove(NodeId sender) {
    @Nullable Long mark = strangers.remove(sender);
    if (mark != null) {
      proven.put(sender, mark);
    }
  }

  /** Of those who had a tunnel. */
  Map<NodeId, Long> proven() {
    return Map.copyOf(proven);
  }

  /** What an earlier run knew. */
  void recall(Map<NodeId, Long> marks) {
    proven.putAll(marks);
  }
}
