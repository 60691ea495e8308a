// SPDX-License-Identifier: Apache-2.0
package tollway.session;

import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.Optional;

/** One path in a {@link PathSet}: its link, its state and what was measured. On the set's loop. */
final class AttachedPath {
  /** An unmeasured round trip is taken for this long, in nanoseconds. */
  private static final long UNKNOWN_RTT = 250_000_000L;

  private static final long RTT_MEMORY = 10_000_000_000L;

  final PathLink link;
  final String label;
  PathState state = PathState.PROBING;

  /** Monotonic, nanoseconds. */
  long heardAt;

  long dataSentAt;
  long dataHeardAt;
  long askedAt;
  int unanswered;

  /** How often the session stood still while this path carried it. */
  int swallowed;

  /** The newest packet of the session that came this way. */
  int highestNumber = -1;

  final PathQuality quality = new PathQuality();
  final PathArrivals arrivals = new PathArrivals();

  // For the scheduler: until when the path is left out, and how often it was.
  long restsUntil;
  int rests;
  private int packetsSent;
  private double packetBytes = 1200;

  /** How often in a row the path was judged harmful. */
  int strikes;

  private long smoothedRtt;
  private long leastRtt = Long.MAX_VALUE;
  private long olderLeastRtt = Long.MAX_VALUE;
  private long leastSince;
  private long bytesSent;
  private long bytesReceived;
  private long framesDropped;

  AttachedPath(PathLink link, String label, long now) {
    this.link = link;
    this.label = label;
    heardAt = now;
    dataSentAt = now;
    dataHeardAt = now;
    restsUntil = now;
  }

  boolean usable() {
    return state == PathState.STANDBY || state == PathState.ACTIVE;
  }

  /** Whether we have sent packets since we last heard anything. */
  boolean owesUs() {
    return dataSentAt - heardAt > 0;
  }

  boolean isMeasured() {
    return smoothedRtt != 0;
  }

  long rtt() {
    return smoothedRtt == 0 ? UNKNOWN_RTT : smoothedRtt;
  }

  /** The round trip without queues: the least of the last one to two times ten seconds. */
  long leastRtt() {
    long least = Math.min(leastRtt, olderLeastRtt);
    return least == Long.MAX_VALUE ? UNKNOWN_RTT : least;
  }

  void measured(long rtt, long now) {
    // RFC 6298 §2: the smoothing of every transport.
    smoothedRtt = Math.max(1, smoothedRtt == 0 ? rtt : (7 * smoothedRtt + rtt) / 8);
    if (now - leastSince > RTT_MEMORY) {
      leastSince = now;
      olderLeastRtt = leastRtt;
      leastRtt = Long.MAX_VALUE;
    }
    leastRtt = Math.min(leastRtt, rtt);
  }

  void heard(int bytes, long now) {
    bytesReceived += bytes;
    heardAt = now;
    unanswered = 0;
  }

  /** A packet of the session came this way; a number far behind is right and the last was not. */
  void saw(int number, long now) {
    int ahead = number - highestNumber;
    if (ahead > 0 || ahead < -Resequencer.MOST) {
      highestNumber = number;
    }
    dataHeardAt = now;
  }

  /** Sends a data frame of so many packets. */
  void sendData(ByteBuf frame, int packets) {
    frame.setShort(frame.readerIndex() + DataFrames.PATH_NUMBER, packetsSent);
    packetsSent += packets; // What the link refuses is lost on the path like any other.
    packetBytes += ((double) frame.readableBytes() / packets - packetBytes) / 16;
    send(frame);
  }

  /** What was sent and is on its way, in bytes, by the last report. */
  double inFlightBytes(long now) {
    return packetBytes * quality.inFlight(packetsSent, packetBytes, now);
  }

  /** The longest frame that fits one packet of the network in this direction. */
  int datagram() {
    return Math.min(link.datagramBytes(), quality.datagram());
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
        framesDropped,
        quality.count(),
        arrivals.count());
  }
}
