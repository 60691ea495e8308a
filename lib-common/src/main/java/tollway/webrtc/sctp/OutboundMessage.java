// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.sctp;

import io.netty.buffer.ByteBuf;

/** A message on its way out, cut into chunks as room appears. */
final class OutboundMessage {
  static final int UNTIL_IT_ARRIVES = -1;

  final OutboundStream stream;
  final int ppid;
  final boolean ordered;
  final int maxRetransmits;

  /** Ours until {@link #release}; before its reader index is what has been cut off already. */
  private final ByteBuf data;

  /** Known once started. */
  int ssn;

  int firstTsn;
  int lastTsn;
  boolean started;
  boolean abandoned;

  OutboundMessage(
      OutboundStream stream, int ppid, boolean ordered, int maxRetransmits, ByteBuf data) {
    this.stream = stream;
    this.ppid = ppid;
    this.ordered = ordered;
    this.maxRetransmits = maxRetransmits;
    this.data = data;
  }

  /**
   * Sent once and never again: the layer above has its own congestion control and its own
   * retransmission.
   */
  boolean isDatagram() {
    return maxRetransmits == 0;
  }

  int remaining() {
    return data.readableBytes();
  }

  ByteBuf data() {
    return data;
  }

  void release() {
    data.release();
  }
}
