// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.sctp;

/** How much reliable data may be in flight (RFC 9260 §7.2). */
final class CongestionWindow {
  private static final int MAX = 4 << 20;

  /** RFC 6928; the bound of RFC 9260 §7.2.1 is from slower days. */
  private static final int INITIAL_PACKETS = 10;

  /** Our receiver acknowledges up to 8 packets at once; counting one would starve slow start. */
  private static final int GROWTH_PACKETS = 8;

  private int packetBytes;
  private int window;
  private int threshold = MAX;
  private int partlyAcked;
  private boolean recovering;
  private int recoveredAt;

  CongestionWindow(int packetBytes) {
    this.packetBytes = packetBytes;
    window = INITIAL_PACKETS * packetBytes;
  }

  int bytes() {
    return window;
  }

  void packetBytes(int bytes) {
    packetBytes = bytes;
    window = Math.max(window, 2 * bytes);
  }

  /** {@code full}: the window was what held the sender back. */
  void acknowledged(int bytes, boolean full, int cumulativeTsn) {
    if (recovering && !Serial.before(cumulativeTsn, recoveredAt)) {
      recovering = false;
    }
    if (recovering || !full) {
      return;
    }
    if (window <= threshold) {
      window += Math.min(bytes, GROWTH_PACKETS * packetBytes); // RFC 9260 §7.2.1
    } else {
      partlyAcked += bytes; // RFC 9260 §7.2.2
      if (partlyAcked >= window) {
        partlyAcked -= window;
        window += packetBytes;
      }
    }
    window = Math.min(window, MAX);
  }

  /** RFC 9260 §7.2.3 and §7.2.4: once for each flight. */
  void lost(int lastSentTsn) {
    if (!recovering) {
      recovering = true;
      recoveredAt = lastSentTsn;
      threshold = Math.max(window / 2, 4 * packetBytes);
      window = threshold;
      partlyAcked = 0;
    }
  }

  void timedOut() {
    threshold = Math.max(window / 2, 4 * packetBytes);
    window = packetBytes;
    partlyAcked = 0;
    recovering = false;
  }

  /** RFC 9260 §7.2.1: what the path took before a pause says less about what it takes now. */
  void idle() {
    window = Math.max(window / 2, INITIAL_PACKETS * packetBytes);
  }
}
