// SPDX-License-Identifier: Apache-2.0
package tollway.session;

import io.netty.buffer.ByteBuf;

/**
 * One way to the other end, by way of a volunteer: a data channel at the desktop, a path of a
 * WebSocket at the egress. May lose, repeat and reorder frames. Every method may be called from any
 * thread at the egress, and only on the session's loop at the desktop.
 */
public interface PathLink {
  /** Sends one frame and takes over its reference; false when the frame was dropped instead. */
  boolean send(ByteBuf frame);

  /** The longest frame the link carries, in bytes; does not change. */
  int maxFrameBytes();

  /** The longest frame that needs only one packet of the network, in bytes; may change. */
  int datagramBytes();

  /** Ends the link; harmless when it has ended. */
  void close();

  /** Ends a link that answers and carries nothing: another try soon would be in vain. */
  default void giveUp(String why) {
    close();
  }
}
