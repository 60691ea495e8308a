// SPDX-License-Identifier: Apache-2.0
package tollway.session;

import org.jspecify.annotations.Nullable;

/**
 * How well a path carries what we send, by the reports of the other end. A volunteer could forge
 * them: they only decide how we use this path.
 */
final class PathQuality {
  /** Losses are smoothed over about so many packets. */
  private static final double HORIZON = 500;

  /**
   * A path that loses more than this gets packets that fit one datagram: a longer one is lost with
   * any of its datagrams. With less than {@link #CLEAN} it gets the longer ones again.
   */
  private static final double LOSSY = 0.005;

  private static final double CLEAN = 0.0005;

  /**
   * On a slower path, in bytes a second, so do packets of one datagram too: congestion control
   * keeps at least four packets on their way, and others wait behind them.
   */
  private static final int SLOW = 256 << 10;

  /** Any other takes packets so long; more would gain nothing, and lose more. */
  private static final int DATAGRAMS = 5;

  /** The highest rate of one to two of these counts, in microseconds. */
  private static final long RATE_MEMORY = 2_000_000;

  private static final int LEAST_DATAGRAM =
      ClientSessionConfig.LEAST_PACKET + DataFrames.HEADER + DataFrames.LENGTH;

  private PathFrame.@Nullable Report last;
  private double loss;
  private boolean lossy;
  private int datagram = LEAST_DATAGRAM;
  private double rate;
  private double olderRate;
  private long remembered;
  private long reportedAt;

  void reported(PathFrame.Report report, long now) {
    reportedAt = now;
    datagram = Math.max(LEAST_DATAGRAM, report.datagram());
    PathFrame.Report before = last;
    last = report;
    if (before == null) {
      return;
    }
    int arrived = (int) (report.packets() - before.packets());
    int missing = Math.max(0, (int) (report.missing() - before.missing()));
    long bytes = report.bytes() - before.bytes();
    long micros = report.micros() - before.micros() & 0xffff_ffffL;
    if (arrived <= 0 || bytes <= 0 || micros == 0 || arrived + (long) missing > 1 << 20) {
      return; // Out of order, or nonsense.
    }
    double sent = arrived + (double) missing;
    loss += Math.min(1, sent / HORIZON) * (missing / sent - loss);
    lossy = loss > (lossy ? CLEAN : LOSSY);
    measured(bytes * 1e6 / micros, micros);
  }

  /** By the last report. */
  PacketCount count() {
    PathFrame.Report report = last;
    return report == null ? PacketCount.NONE : new PacketCount(report.packets(), report.missing());
  }

  /** The share of packets that do not arrive, 0 to 1. */
  double loss() {
    return loss;
  }

  /** A path that rested starts anew. */
  void forgetLoss() {
    loss = 0;
  }

  /** Long packets cost less where they arrive, and arrive soon. */
  int datagramsPerPacket() {
    return lossy || rate() < SLOW ? 1 : DATAGRAMS;
  }

  /** Bytes a second that arrived at best of late; 0 before anything did. */
  double rate() {
    return Math.max(rate, olderRate);
  }

  /**
   * Of {@code sent} packets, how many are neither reported nor, by the rate, likely to be there.
   */
  double inFlight(int sent, double packetBytes, long now) {
    PathFrame.Report report = last;
    int known = report == null ? 0 : (int) (report.packets() + report.missing());
    double since = report == null ? 0 : rate() * (now - reportedAt) / 1e9 / packetBytes;
    return Math.max(0, sent - known - since);
  }

  /** The longest frame that fits one packet of the network, as far as the other end knows. */
  int datagram() {
    return datagram;
  }

  private void measured(double bytesPerSecond, long micros) {
    remembered += micros;
    if (remembered > RATE_MEMORY) {
      remembered = 0;
      olderRate = rate;
      rate = 0;
    }
    rate = Math.max(rate, bytesPerSecond);
  }
}
