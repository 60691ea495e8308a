// SPDX-License-Identifier: Apache-2.0
package tollway.session;

/** What has arrived over one path, for the reports to whoever sends on it. */
final class PathArrivals {
  /** Reports are sent so often at most while packets arrive, in nanoseconds. */
  private static final long INTERVAL = 20_000_000;

  private long packets;
  private long expected;
  private long bytes;
  private int next = -1;
  private long reportedAt;
  private long packetsReported;

  /** A data frame of {@code count} packets, the first of which has {@code pathNumber}. */
  void arrived(int pathNumber, int count, int frameBytes) {
    int after = pathNumber + count & 0xffff;
    short ahead = (short) (after - next);
    if (next < 0) {
      expected = count;
      next = after;
    } else if (ahead > 0) {
      expected += ahead;
      next = after;
    }
    packets += count;
    bytes += frameBytes;
  }

  PacketCount count() {
    return new PacketCount(packets, Math.max(0, expected - packets));
  }

  boolean reportIsDue(long now) {
    return packets != packetsReported && now - reportedAt >= INTERVAL;
  }

  PathFrame.Report report(long now, int datagram) {
    reportedAt = now;
    packetsReported = packets;
    return new PathFrame.Report(
        now / 1000 & 0xffff_ffffL,
        packets & 0xffff_ffffL,
        Math.max(0, expected - packets) & 0xffff_ffffL,
        bytes,
        datagram);
  }
}
