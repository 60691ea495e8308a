// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

/** How much goes into one packet of QUIC and into one message of a path, in bytes. */
final class PathSizes {
  /**
   * What a packet costs at both ends matters more than its length; yet it is lost with any of the
   * four datagrams that carry it, and BBR keeps four packets in flight on the slowest link.
   */
  static final int PACKET = 4000;

  /** Four packets: the same holds for messages. */
  static final int FRAME = 16 << 10;

  /** More than two ends exchange in a second to know of each other. */
  static final int KEEPALIVE = 2048;

  private PathSizes() {}
}
