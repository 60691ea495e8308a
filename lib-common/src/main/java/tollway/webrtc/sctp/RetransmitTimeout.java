// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.sctp;

/** How long to wait for an acknowledgement, learned from round trips (RFC 9260 §6.3.1). */
final class RetransmitTimeout {
  static final long INITIAL = 1_000_000_000L;
  // Shorter than RTO.Min of RFC 9260 §16 and longer than any peer delays a SACK (200 ms).
  private static final long MIN = 400_000_000L;
  private static final long MAX = 10_000_000_000L;

  private long smoothed;
  private long variation;
  private long timeout = INITIAL;

  void measured(long roundTrip) {
    long sample = Math.max(1, roundTrip);
    if (smoothed == 0) {
      smoothed = sample;
      variation = sample / 2;
    } else {
      variation += (Math.abs(smoothed - sample) - variation) / 4;
      smoothed += (sample - smoothed) / 8;
    }
    timeout = Math.min(MAX, Math.max(MIN, smoothed + 4 * variation));
  }

  /** RFC 9260 §6.3.3 E2. */
  void backOff() {
    timeout = Math.min(MAX, timeout * 2);
  }

  long nanos() {
    return timeout;
  }

  /** The smoothed round trip; 0 before the first. */
  long smoothed() {
    return smoothed;
  }
}
