// SPDX-License-Identifier: Apache-2.0
package tollway.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Gathers QUIC packets into data frames, and numbers them. The cost of the chain is per message, so
 * several packets share one; who hands it to the network cuts it (see {@link DataFrames#cut}). On
 * the session's loop.
 */
final class PacketBatch {
  /** Takes over frames of so many packets, whose path number it fills in. */
  interface Sink {
    void accept(ByteBuf frame, int packets);
  }

  private final ByteBufAllocator allocator;
  private final int limit;
  private final Sink sink;
  private @Nullable ByteBuf frame;
  private int packets;
  private int number;

  /** Frames have at most {@code limit} bytes; {@code sink} takes over each one's reference. */
  PacketBatch(ByteBufAllocator allocator, int limit, Sink sink) {
    this.allocator = allocator;
    this.limit = limit;
    this.sink = sink;
  }

  /** Copies {@code packet}, whose reference and indices are left alone. */
  void add(ByteBuf packet) {
    int size = packet.readableBytes();
    if (size == 0 || DataFrames.HEADER + DataFrames.LENGTH + size > limit) {
      return; // QUIC sees a lost packet.
    }
    if (frame != null && frame.writerIndex() + DataFrames.LENGTH + size > limit) {
      flush();
    }
    ByteBuf open = frame;
    if (open == null) {
      open = allocator.directBuffer(limit, limit);
      open.writeByte(PathFrameCodec.DATA).writeInt(number).writeShort(0);
      frame = open;
    }
    open.writeShort(size);
    open.writeBytes(packet, packet.readerIndex(), size);
    packets++;
    number++;
  }

  void flush() {
    ByteBuf full = frame;
    if (full != null) {
      int count = packets;
      frame = null;
      packets = 0;
      sink.accept(full, count);
    }
  }

  void release() {
    if (frame != null) {
      frame.release();
      frame = null;
      packets = 0;
    }
  }
}
