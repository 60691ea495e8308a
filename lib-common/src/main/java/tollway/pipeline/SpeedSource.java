// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.util.function.BooleanSupplier;

/**
 * Sends nothing that matters, as fast as the channel takes it. Always has something waiting in the
 * channel, so that what QUIC may send never waits for us. On the channel's loop.
 */
final class SpeedSource {
  static final int PIECE = 16 << 10;

  private static final int WAITING = 128 << 10;
  private static final byte[] NOTHING = new byte[PIECE];

  private final Channel channel;
  private final BooleanSupplier goesOn;
  private int waiting;
  private boolean pouring;

  /** {@code goesOn} is asked before each piece, and counts it. */
  SpeedSource(Channel channel, BooleanSupplier goesOn) {
    this.channel = channel;
    this.goesOn = goesOn;
  }

  void pour() {
    if (pouring) {
      return; // A piece was gone before its write returned.
    }
    pouring = true;
    while (waiting < WAITING && channel.isActive() && goesOn.getAsBoolean()) {
      waiting += PIECE;
      channel
          .writeAndFlush(Unpooled.wrappedBuffer(NOTHING))
          .addListener(
              gone -> {
                waiting -= PIECE;
                if (gone.isSuccess()) {
                  pour();
                }
              });
    }
    pouring = false;
  }
}
