// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

/** How much goes into one packet of QUIC and into one message of a path, in bytes. */
final class PathSizes {
  /** Fits, with all that comes around it, any link with an MTU of 1,320 and more. */
  static final int PACKET = 1200;

  /** Thirteen packets: what a message costs matters more than how long it is. */
  static final int FRAME = 16 << 10;

  /** More than two ends exchange in a second to know of each other. */
  static final int KEEPALIVE = 2048;

  private PathSizes() {}
}
