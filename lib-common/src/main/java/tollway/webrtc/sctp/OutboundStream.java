// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.sctp;

/** The sending half of one stream. */
final class OutboundStream {
  final int id;

  /** Bytes accepted and not yet cut into chunks. */
  int queuedBytes;

  /** A send was refused; its owner waits to hear of room. */
  boolean wantsRoom;

  private int nextSsn;

  OutboundStream(int id) {
    this.id = id;
  }

  int takeSsn() {
    int ssn = nextSsn;
    nextSsn = (nextSsn + 1) & 0xffff;
    return ssn;
  }

  /** RFC 6525 §5.2.7: after a reset the numbers begin again. */
  void restart() {
    nextSsn = 0;
  }
}
