// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.sctp;

/**
 * How much may be in flight of what is sent once and never again. The layer above controls
 * congestion; this only keeps a caller who does not from flooding the path: a multiple of what the
 * path holds as measured, and a headroom; both shrink when much is lost.
 */
final class DatagramWindow {
  private static final int FLOOR = 64 << 10;
  private static final int CEILING = 4 << 20;
  private static final int MIN_HEADROOM = 32 << 10;
  private static final int MAX_HEADROOM = 2 << 20;

  /** Measurements older than one to two of these are forgotten. */
  private static final long MEMORY = 10_000_000_000L;

  /** On a shorter path bounding the flight is enough; timers are coarser than its round trip. */
  private static final long PACED_ROUND_TRIP = 2_000_000;

  /** A pause of the sender may be made up for by this much. */
  private static final long BURST = 2_000_000;

  /** Less than a caller with its own control ever causes, more than a poor radio loses. */
  private static final double TOLERATED_LOSS = 0.05;

  private static final double MAX_GAIN = 2;

  /** Above 1 by more than the loss of a poor path, or loss alone would wear the rate down. */
  private static final double MIN_GAIN = 1.25;

  private long delivered;
  private long deliveredAt;
  private double rate;
  private double olderRate;
  private long roundTrip = Long.MAX_VALUE;
  private long olderRoundTrip = Long.MAX_VALUE;
  private long memoryStart;
  private double gain = MAX_GAIN;
  private int headroom = FLOOR;
  private int window = FLOOR;

  private long roundStart;
  private long roundDelivered;
  private long roundLost;
  private boolean limited;

  private double sendNext;

  DatagramWindow(long now) {
    deliveredAt = now;
    memoryStart = now;
    roundStart = now;
  }

  int bytes() {
    return window;
  }

  /** 0: send now; else how long to wait. {@link Long#MAX_VALUE}: until something arrives. */
  long wait(int inFlight, long now) {
    if (inFlight >= window) {
      limited = true;
      return Long.MAX_VALUE;
    }
    return sendNext <= now ? 0 : (long) (sendNext - now) + 1;
  }

  void sent(OutboundChunk chunk, int inFlightBefore, long now) {
    if (inFlightBefore == 0) {
      deliveredAt = now;
    }
    chunk.deliveredBefore = delivered;
    chunk.deliveredAt = deliveredAt;
    double paced = pacedRate();
    sendNext =
        paced == 0 ? now : Math.max(sendNext, (double) (now - BURST)) + chunk.size * 1e9 / paced;
  }

  void acknowledged(int bytes, OutboundChunk newest, long now) {
    delivered += bytes;
    deliveredAt = now;
    roundDelivered += bytes;
    forget(now);
    long sample = now - newest.sentAt;
    if (newest.sends == 1 && sample > 0) {
      roundTrip = Math.min(roundTrip, sample);
    }
    // The rate at which the path delivered while this chunk was on it.
    long interval = Math.max(now - newest.deliveredAt, Math.min(roundTrip, olderRoundTrip));
    if (interval > 0) {
      rate = Math.max(rate, (delivered - newest.deliveredBefore) * 1e9 / interval);
    }
    update(now);
  }

  void lost(int bytes) {
    roundLost += bytes;
  }

  private void update(long now) {
    long shortest = Math.min(roundTrip, olderRoundTrip);
    if (shortest == Long.MAX_VALUE) {
      return;
    }
    if (now - roundStart > Math.max(shortest, BURST)) {
      double loss = (double) roundLost / Math.max(1, roundLost + roundDelivered);
      if (loss > TOLERATED_LOSS) {
        gain = Math.max(MIN_GAIN, gain - 0.15);
        headroom = Math.max(MIN_HEADROOM, headroom / 2);
      } else if (limited) {
        gain = Math.min(MAX_GAIN, gain + 0.01);
        headroom = Math.min(MAX_HEADROOM, headroom + headroom / 4);
      }
      roundStart = now;
      roundDelivered = 0;
      roundLost = 0;
      limited = false;
    }
    double held = Math.max(rate, olderRate) * shortest / 1e9;
    window = (int) Math.min(CEILING, Math.max(FLOOR, gain * held + headroom));
  }

  /** Somewhat above the fastest delivery seen; 0 is not paced. */
  private double pacedRate() {
    long shortest = Math.min(roundTrip, olderRoundTrip);
    return shortest == Long.MAX_VALUE || shortest < PACED_ROUND_TRIP
        ? 0
        : Math.max(gain * Math.max(rate, olderRate), FLOOR * 1e9 / shortest);
  }

  private void forget(long now) {
    if (now - memoryStart > MEMORY) {
      memoryStart = now;
      olderRate = rate;
      olderRoundTrip = roundTrip;
      rate = 0;
      roundTrip = Long.MAX_VALUE;
    }
  }
}
