// SPDX-License-Identifier: Apache-2.0
package tollway.bytes;

import java.nio.ByteBuffer;

/** Appends big-endian fields; grows as needed. */
public final class ByteWriter {
  private ByteBuffer buffer = ByteBuffer.allocate(256);

  public ByteWriter u8(int value) {
    room(1).put((byte) value);
    return this;
  }

  public ByteWriter u16(int value) {
    room(2).putShort((short) value);
    return this;
  }

  public ByteWriter u32(long value) {
    room(4).putInt((int) value);
    return this;
  }

  public ByteWriter i64(long value) {
    room(8).putLong(value);
    return this;
  }

  public ByteWriter bytes(Bytes value) {
    room(value.size()).put(value.toBuffer());
    return this;
  }

  public int size() {
    return buffer.position();
  }

  public Bytes toBytes() {
    return Bytes.of(buffer.duplicate().flip());
  }

  private ByteBuffer room(int count) {
    if (buffer.remaining() < count) {
      int size = Math.max(buffer.capacity() * 2, buffer.position() + count);
      buffer = ByteBuffer.allocate(size).put(buffer.flip());
    }
    return buffer;
  }
}
