// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tollway.bytes.MalformedBytesException;
import tollway.identity.NodeId;
import tollway.loop.EventLoop;
import tollway.neighbor.Neighborhood;
import tollway.store.NodeStore;

/**
 * Which sequence numbers were believed before, kept over restarts: what neighbours said to an
 * earlier run is not believed again. Owned by the node's loop.
 */
final class SeqnoMemory {
  private static final Logger log = LoggerFactory.getLogger(SeqnoMemory.class);

  private final EventLoop loop;
  private final EventLoop os;
  private final Neighborhood neighborhood;
  private final NodeStore store;

  private record Marks(Map<String, String> plain, Map<String, String> bound) {}

  private Optional<Marks> kept = Optional.empty();

  SeqnoMemory(EventLoop loop, EventLoop os, Neighborhood neighborhood, NodeStore store) {
    this.loop = loop;
    this.os = os;
    this.neighborhood = neighborhood;
    this.store = store;
  }

  /** At the start: blocks. */
  void recall() throws IOException {
    neighborhood.recall(false, parse(store.settings("seqno")));
    neighborhood.recall(true, parse(store.settings("seqno2")));
  }

  private static Map<NodeId, Long> parse(Map<String, String> texts) {
    Map<NodeId, Long> marks = new HashMap<>();
    texts.forEach(
        (key, number) -> {
          try {
            marks.put(NodeId.parse(key), Long.parseUnsignedLong(number));
          } catch (MalformedBytesException | NumberFormatException damaged) {
            log.warn("no sequence number of '{}': '{}'", key, number);
          }
        });
    return marks;
  }

  /** Writes what has changed, on the {@code os} loop. */
  void keep() {
    loop.checkInLoop();
    Marks now =
        new Marks(text(neighborhood.highestSeqnos(false)), text(neighborhood.highestSeqnos(true)));
    if (kept.equals(Optional.of(now))) {
      return;
    }
    kept = Optional.of(now);
    os.execute(
        () -> {
          try {
            store.replace("seqno", now.plain());
            store.replace("seqno2", now.bound());
          } catch (IOException refused) {
            log.warn("neighbours' sequence numbers are not kept: {}", refused.getMessage());
          }
        });
  }

  private static Map<String, String> text(Map<NodeId, Long> marks) {
    Map<String, String> texts = new HashMap<>();
    marks.forEach((node, mark) -> texts.put(node.base64(), Long.toUnsignedString(mark)));
    return texts;
  }
}
