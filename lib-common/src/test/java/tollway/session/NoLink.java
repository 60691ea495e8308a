// SPDX-License-Identifier: Apache-2.0
package tollway.session;

import io.netty.buffer.ByteBuf;

/** A link that takes everything and carries nothing. */
enum NoLink implements PathLink {
  LINK;

  @Override
  public boolean send(ByteBuf frame) {
    frame.release();
    return true;
  }

  @Override
  public int maxFrameBytes() {
    return 32 << 10;
  }

  @Override
  public int datagramBytes() {
    return 32 << 10;
  }

  @Override
  public void close() {}
}
