// SPDX-License-Identifier: Apache-2.0
package tollway.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.function.Consumer;
import tollway.bytes.MalformedBytesException;

/**
 * The layout of data frames: type 1, number 4, path number 2, then (length 2, QUIC packet) until
 * the end. The numbers are those of the first packet, in its direction of the session and of the
 * path; the others follow without gaps.
 */
public final class DataFrames {
  static final int NUMBER = 1;
  static final int PATH_NUMBER = 5;

  /** Bytes before the first packet. */
  static final int HEADER = 7;

  /** Bytes before each packet. */
  static final int LENGTH = 2;

  private DataFrames() {}

  /** Whether a frame carries packets of QUIC; it may still be malformed. */
  public static boolean isData(ByteBuf frame) {
    return frame.isReadable() && frame.getUnsignedByte(frame.readerIndex()) == PathFrameCodec.DATA;
  }

  /** Takes over {@code frame} and hands on frames of at most {@code limit} bytes. */
  public static void cut(ByteBuf frame, int limit, Consumer<ByteBuf> sink) {
    int first = frame.readerIndex();
    int end = frame.writerIndex();
    if (end - first <= limit || end - first <= HEADER || !isData(frame)) {
      sink.accept(frame);
      return;
    }
    ByteBufAllocator allocator = frame.alloc();
    int number = frame.getInt(first + NUMBER);
    int pathNumber = frame.getUnsignedShort(first + PATH_NUMBER);
    int from = first + HEADER;
    while (from < end) {
      int to = from;
      int packets = 0;
      while (end - to >= LENGTH) {
        int next = to + LENGTH + frame.getUnsignedShort(to);
        if (next > end || (packets > 0 && HEADER + next - from > limit)) {
          break;
        }
        to = next;
        packets++;
      }
      if (packets == 0) {
        break; // Ends within a packet: whoever wrote it loses what follows.
      }
      ByteBuf piece = allocator.directBuffer(HEADER + to - from);
      piece.writeByte(PathFrameCodec.DATA).writeInt(number).writeShort(pathNumber);
      piece.writeBytes(frame, from, to - from);
      number += packets;
      pathNumber += packets;
      from = to;
      sink.accept(piece);
    }
    frame.release();
  }

  /**
   * Hands each packet of a data frame to {@code sink} as a retained slice. Everything is checked
   * before the first packet is handed on; {@code frame} keeps its reference. Returns how many.
   */
  static int split(ByteBuf frame, PacketSink sink) throws MalformedBytesException {
    int packets = count(frame);
    int number = frame.getInt(frame.readerIndex() + NUMBER);
    int at = frame.readerIndex() + HEADER;
    for (int i = 0; i < packets; i++) {
      int size = frame.getUnsignedShort(at);
      sink.accept(number + i, frame.retainedSlice(at + LENGTH, size));
      at += LENGTH + size;
    }
    return packets;
  }

  static int pathNumber(ByteBuf frame) {
    return frame.getUnsignedShort(frame.readerIndex() + PATH_NUMBER);
  }

  private static int count(ByteBuf frame) throws MalformedBytesException {
    int end = frame.writerIndex();
    int at = frame.readerIndex() + HEADER;
    if (at > end) {
      throw new MalformedBytesException("a data frame ends within its header");
    }
    int packets = 0;
    while (at < end) {
      if (end - at < LENGTH) {
        throw new MalformedBytesException("a data frame ends within a length");
      }
      int size = frame.getUnsignedShort(at);
      if (size == 0 || size > end - at - LENGTH) {
        throw new MalformedBytesException("a data frame names a packet of " + size + " bytes");
      }
      at += LENGTH + size;
      packets++;
    }
    return packets;
  }

  /** Takes over packets and their numbers. */
  interface PacketSink {
    void accept(int number, ByteBuf packet);
  }
}
