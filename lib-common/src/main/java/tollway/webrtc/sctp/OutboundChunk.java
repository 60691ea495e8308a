// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.sctp;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** A DATA chunk that has been sent and not yet cumulatively acknowledged. */
final class OutboundChunk {
  final OutboundMessage message;
  final int tsn;
  final int flags;
  final int size;

  /** Null for datagrams, which are never sent again. */
  private @Nullable ByteBuf payload;

  long sentAt;
  int sends = 1;
  int misses;
  boolean acked;
  boolean abandoned;

  /** Waits for its turn to be sent again; not counted as in flight. */
  boolean lost;

  // What the path had delivered when this was sent, for the rate it carries.
  long deliveredBefore;
  long deliveredAt;

  OutboundChunk(
      OutboundMessage message, int tsn, int flags, int size, @Nullable ByteBuf payload, long now) {
    this.message = message;
    this.tsn = tsn;
    this.flags = flags;
    this.size = size;
    this.payload = payload;
    this.sentAt = now;
  }

  /** Still wanted by the receiver as far as we know. */
  boolean isOpen() {
    return !acked && !abandoned;
  }

  boolean inFlight() {
    return !acked && !abandoned && !lost;
  }

  @Nullable ByteBuf payload() {
    return payload;
  }

  void release() {
    if (payload != null) {
      payload.release();
      payload = null;
    }
  }
}
