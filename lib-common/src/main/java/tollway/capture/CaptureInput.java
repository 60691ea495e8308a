// SPDX-License-Identifier: Apache-2.0
package tollway.capture;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import tollway.bytes.MalformedBytesException;

/** A file read piece by piece, in either byte order, that knows where it is. */
final class CaptureInput {
  private final InputStream in;
  private ByteOrder order = ByteOrder.BIG_ENDIAN;
  private long position;

  CaptureInput(InputStream in) {
    this.in = in;
  }

  void order(ByteOrder next) {
    order = next;
  }

  long position() {
    return position;
  }

  /** {@code count} bytes of {@code what}, or none at the end of the file. */
  ByteBuffer takeOrEnd(int count, String what) throws IOException, MalformedBytesException {
    long from = position;
    byte[] taken = in.readNBytes(count);
    position += taken.length;
    if (taken.length > 0 && taken.length < count) {
      throw at(
          from,
          "the file ends " + taken.length + " bytes into " + what + " of " + count + " bytes");
    }
    return ByteBuffer.wrap(taken).order(order);
  }

  ByteBuffer take(int count, String what) throws IOException, MalformedBytesException {
    ByteBuffer taken = takeOrEnd(count, what);
    if (taken.remaining() < count) {
      throw at(position, "the file ends before " + what + " of " + count + " bytes");
    }
    return taken;
  }

  static MalformedBytesException at(long position, String why) {
    return new MalformedBytesException("byte " + position + ": " + why);
  }
}
