// SPDX-License-Identifier: Apache-2.0
package tollway.session;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;

/**
 * Tells QUIC how long its next packets may be: Netty's codec asks the allocator of the connection
 * for the buffer of each packet, and QUIC fills no more than it gets. The limit of the codec itself
 * is fixed when it is made; this one follows the paths. On the session's loop.
 */
final class PacketSizeAllocator extends AbstractByteBufAllocator {
  private static final PooledByteBufAllocator POOL = PooledByteBufAllocator.DEFAULT;

  private int limit;

  PacketSizeAllocator(int limit) {
    super(true);
    this.limit = limit;
  }

  void limit(int bytes) {
    limit = bytes;
  }

  @Override
  protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
    return POOL.heapBuffer(initialCapacity, maxCapacity);
  }

  @Override
  protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
    return POOL.directBuffer(Math.min(limit, initialCapacity), maxCapacity);
  }

  @Override
  public boolean isDirectBufferPooled() {
    return true;
  }
}
