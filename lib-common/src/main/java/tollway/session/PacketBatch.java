// SPDX-License-Identifier: Apache-2.0
package tollway.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tollway.bytes.MalformedBytesException;

/**
 * Gathers QUIC packets into data frames: type 1, then (length 2, packet) until the end. The cost of
 * the chain is per message, so several packets share one. On the session's loop.
 */
final class PacketBatch {
  private static final int LENGTH_SIZE = 2;

  private final ByteBufAllocator allocator;
  private final int limit;
  private final Consumer<ByteBuf> sink;
  private @Nullable ByteBuf frame;

  /** Frames have at most {@code limit} bytes; {@code sink} takes over each one's reference. */
  PacketBatch(ByteBufAllocator allocator, int limit, Consumer<ByteBuf> sink) {
    this.allocator = allocator;
    this.limit = limit;
    this.sink = sink;
  }

  /** Copies {@code packet}, whose reference and indices are left alone. */
  void add(ByteBuf packet) {
    int size = packet.readableBytes();
    if (size == 0 || 1 + LENGTH_SIZE + size > limit) {
      return; // QUIC sees a lost packet.
    }
    if (frame != null && frame.writerIndex() + LENGTH_SIZE + size > limit) {
      flush();
    }
    ByteBuf open = frame;
    if (open == null) {
      open = allocator.directBuffer(limit, limit);
      open.writeByte(PathFrameCodec.DATA);
      frame = open;
    }
    open.writeShort(size);
    open.writeBytes(packet, packet.readerIndex(), size);
  }

  void flush() {
    ByteBuf full = frame;
    if (full != null) {
      frame = null;
      sink.accept(full);
    }
  }

  void release() {
    if (frame != null) {
      frame.release();
      frame = null;
    }
  }

  /**
   * Hands each packet of a data frame to {@code sink} as a retained slice. Everything is checked
   * before the first packet is handed on; {@code frame} keeps its reference.
   */
  static void split(ByteBuf frame, Consumer<ByteBuf> sink) throws MalformedBytesException {
    int end = frame.writerIndex();
    int at = frame.readerIndex() + 1;
    while (at < end) {
      at += LENGTH_SIZE + packetSize(frame, at, end);
    }
    at = frame.readerIndex() + 1;
    while (at < end) {
      int size = frame.getUnsignedShort(at);
      sink.accept(frame.retainedSlice(at + LENGTH_SIZE, size));
      at += LENGTH_SIZE + size;
    }
  }

  private static int packetSize(ByteBuf frame, int at, int end) throws MalformedBytesException {
    if (end - at < LENGTH_SIZE) {
      throw new MalformedBytesException("a data frame ends within a length");
    }
    int size = frame.getUnsignedShort(at);
    if (size == 0 || size > end - at - LENGTH_SIZE) {
      throw new MalformedBytesException("a data frame names a packet of " + size + " bytes");
    }
    return size;
  }
}
