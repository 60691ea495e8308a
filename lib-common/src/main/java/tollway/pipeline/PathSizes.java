// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.buffer.ByteBuf;
import tollway.session.DataFrames;

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

  /** Frames other than data are short; one that tells that a path lives must not wait. */
  private static final int SHORT = 256;

  private PathSizes() {}

  /** Whether a frame overtakes those that wait for their turn. */
  static boolean isUrgent(ByteBuf frame) {
    int size = frame.readableBytes();
    return size > 0 && size <= SHORT && !DataFrames.isData(frame);
  }
}
