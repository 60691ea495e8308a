// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.sctp;

import io.netty.buffer.ByteBuf;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The ordered messages of one stream: the next to deliver, and those that came early. */
final class InboundStream {
  record Message(int ppid, ByteBuf data) {}

  private @Nullable TreeMap<Integer, Message> early;
  private int nextSsn;

  int nextSsn() {
    return nextSsn;
  }

  void delivered() {
    nextSsn = (nextSsn + 1) & 0xffff;
  }

  /** False: it is late, or there already. */
  boolean keep(int ssn, Message message) {
    if (Serial.before16(ssn, nextSsn)) {
      return false;
    }
    if (early == null) {
      // All keys lie within half the circle from nextSsn on, where this is an order.
      early = new TreeMap<>((a, b) -> (short) (a - b));
    }
    return early.putIfAbsent(ssn, message) == null;
  }

  /** The next message in order, if it has come. */
  @Nullable Message takeNext() {
    return early == null ? null : early.remove(nextSsn);
  }

  /** RFC 3758 §3.6: of the messages up to {@code ssn}, the earliest that has come. */
  @Nullable Message takeUpTo(int ssn) {
    if (early == null || early.isEmpty() || Serial.before16(ssn, early.firstKey())) {
      return null;
    }
    Map.Entry<Integer, Message> earliest = early.pollFirstEntry();
    nextSsn = (earliest.getKey() + 1) & 0xffff;
    return earliest.getValue();
  }

  void skipTo(int ssn) {
    if (!Serial.before16(ssn, nextSsn)) {
      nextSsn = (ssn + 1) & 0xffff;
    }
  }

  /** Forgets all; {@code nextSsn} is 0 again. */
  void restart() {
    if (early != null) {
      early.values().forEach(message -> message.data().release());
      early = null;
    }
    nextSsn = 0;
  }

  /** Counts what {@link #restart} would release, as {@link Reassembly} accounts for it. */
  int heldBytes() {
    int bytes = 0;
    if (early != null) {
      for (Message message : early.values()) {
        bytes += Reassembly.cost(message.data().readableBytes());
      }
    }
    return bytes;
  }
}
