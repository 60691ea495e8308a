// SPDX-License-Identifier: Apache-2.0
package tollway.onward;

import io.netty.buffer.ByteBuf;

/**
 * Which frames of a path go from end to end, and which ones are only for the next on the way: a
 * WebSocket's own, and what a person and a volunteer say to each other.
 */
public final class HopFrames {
  /** Types from here on are never passed on. */
  private static final int FIRST = 0x20;

  private HopFrames() {}

  /** Whether a volunteer may pass {@code frame} on; an empty one may not. */
  public static boolean passesOn(ByteBuf frame) {
    return frame.isReadable() && frame.getUnsignedByte(frame.readerIndex()) < FIRST;
  }
}
