// SPDX-License-Identifier: Apache-2.0
package tollway.bytes;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/** Reads big-endian fields from bytes that came from outside; never reads past their end. */
public final class ByteReader {
  private final ByteBuffer buffer;

  public ByteReader(Bytes bytes) {
    this(bytes.toBuffer());
  }

  public ByteReader(ByteBuffer buffer) {
    this.buffer = buffer.duplicate();
  }

  public int remaining() {
    return buffer.remaining();
  }

  public int u8() throws MalformedBytesException {
    need(1);
    return buffer.get() & 0xff;
  }

  public int u16() throws MalformedBytesException {
    need(2);
    return buffer.getShort() & 0xffff;
  }

  public long u32() throws MalformedBytesException {
    need(4);
    return buffer.getInt() & 0xffff_ffffL;
  }

  /** All 64 bits, as a signed long. */
  public long i64() throws MalformedBytesException {
    need(8);
    return buffer.getLong();
  }

  public Bytes bytes(int count) throws MalformedBytesException {
    need(count);
    try {
      Bytes taken = Bytes.of(buffer.slice(buffer.position(), count));
      buffer.position(buffer.position() + count);
      return taken;
    } catch (BufferUnderflowException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  public Bytes rest() throws MalformedBytesException {
    return bytes(buffer.remaining());
  }

  public void skip(int count) throws MalformedBytesException {
    need(count);
    buffer.position(buffer.position() + count);
  }

  /** Refuses bytes after the last field. */
  public void end() throws MalformedBytesException {
    if (buffer.hasRemaining()) {
      throw new MalformedBytesException(buffer.remaining() + " bytes too many");
    }
  }

  private void need(int count) throws MalformedBytesException {
    if (count < 0 || buffer.remaining() < count) {
      throw new MalformedBytesException(
          "needs " + count + " more bytes, has " + buffer.remaining());
    }
  }
}
