// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

/** How much goes into one packet of QUIC and into one message of a path, in bytes. */
final class PathSizes {
  /**
   * The longest QUIC packet: what a packet costs, at both ends and on the wire, matters more than
   * its length, as long as little is lost and the path is fast. With the frame around it it fills
   * five datagrams of a path that takes 1,500 bytes.
   */
  static final int PACKET = 7011;

  /** Three packets. */
  static final int FRAME = 3 * (PACKET + 2) + 7;

  /** More than two ends exchange in a second to know of each other. */
  static final int KEEPALIVE = 2048;

  private PathSizes() {}
}
