// SPDX-License-Identifier: Apache-2.0
package tollway.session;

import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.Optional;

/** One path in a {@link PathSet}: its link, its state and what was measured. On the set's loop. */
final class AttachedPath {
  /** An unmeasured round trip is taken for this long, in nanoseconds. */
  private static final long UNKNOWN_RTT = 250_000_000L;

  final PathLink link;
  final String label;
  PathState state = PathState.PROBING;

  /** Monotonic, nanoseconds. */
  long heardAt;

  long dataSentAt;
  long askedAt;
  int unanswered;
  private long smoothedRtt;
  private long bytesSent;
  private long bytesReceived;
  private long framesDropped;

  AttachedPath(PathLink link, String label, long now) {
    this.link = link;
    this.label = label;
    heardAt = now;
    dataSentAt = now;
  }

  boolean usable() {
    return state == PathState.STANDBY || state == PathState.ACTIVE;
  }

  /** Whether we have sent packets since we last heard anything. */
  boolean owesUs() {
    return dataSentAt - heardAt > 0;
  }

  long rtt() {
    return smoothedRtt == 0 ? UNKNOWN_RTT : smoothedRtt;
  }

  void measured(long rtt) {
    // RFC 6298 §2: the smoothing of every transport.
    smoothedRtt = Math.max(1, smoothedRtt == 0 ? rtt : (7 * smoothedRtt + rtt) / 8);
  }

  void heard(int bytes, long now) {
    bytesReceived += bytes;
    heardAt = now;
    unanswered = 0;
  }

  void send(ByteBuf frame) {
    int size = frame.readableBytes();
    if (link.send(frame)) {
      bytesSent += size;
    } else {
      framesDropped++;
    }
  }

  PathSnapshot snapshot() {
    return new PathSnapshot(
        label,
        state,
        smoothedRtt == 0 ? Optional.empty() : Optional.of(Duration.ofNanos(smoothedRtt)),
        bytesSent,
        bytesReceived,
        framesDropped);
  }
}
