// SPDX-License-Identifier: Apache-2.0
package tollway.capture;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import tollway.bytes.MalformedBytesException;

/**
 * An interface that was recorded. Time is counted in {@code unit} parts of a second, from {@code
 * offset} seconds after 1970.
 */
record PcapngInterface(
    LinkLayer layer, long snapLength, String name, BigInteger unit, long offset) {
  private static final int END = 0;
  private static final int NAME = 2;
  private static final int RESOLUTION = 9;
  private static final int OFFSET = 14;

  private static final int NAME_LIMIT = 64;
  private static final BigInteger NANOS = BigInteger.valueOf(1_000_000_000);

  /** Link type 2, reserved 2, snap length 4, options of code 2, length 2, value, padding to 4. */
  static PcapngInterface read(long position, ByteBuffer body) throws MalformedBytesException {
    int start = body.position();
    LinkLayer layer = new LinkLayer(body.getShort() & 0xffff);
    body.getShort();
    long snapLength = Integer.toUnsignedLong(body.getInt());
    String name = "";
    BigInteger unit = BigInteger.valueOf(1_000_000);
    long offset = 0;
    while (body.remaining() >= 4) {
      long at = position + body.position() - start;
      int code = body.getShort() & 0xffff;
      int length = body.getShort() & 0xffff;
      if (code == END) {
        break;
      }
      if (length > body.remaining()) {
        throw CaptureInput.at(at, "an option of " + length + " bytes");
      }
      ByteBuffer value = body.slice(body.position(), length).order(body.order());
      if (code == NAME) {
        name = printable(value);
      } else if (code == RESOLUTION && length == 1) {
        int resolution = value.get();
        unit = BigInteger.valueOf(resolution < 0 ? 2 : 10).pow(resolution & 0x7f);
      } else if (code == OFFSET && length == 8) {
        offset = value.getLong();
      }
      body.position(Math.min(body.limit(), body.position() + (length + 3) / 4 * 4));
    }
    return new PcapngInterface(
        layer, snapLength == 0 ? CaptureReader.PACKET_LIMIT : snapLength, name, unit, offset);
  }

  /** Names go to terminals. */
  private static String printable(ByteBuffer value) {
    String text = StandardCharsets.UTF_8.decode(value).toString();
    String shown = text.replaceAll("[^!-~]", "?");
    return shown.substring(0, Math.min(shown.length(), NAME_LIMIT));
  }

  /** What the unsigned {@code count} means; it stands at {@code position}. */
  Instant time(long position, long count) throws MalformedBytesException {
    BigInteger[] parts = new BigInteger(Long.toUnsignedString(count)).divideAndRemainder(unit);
    try {
      return Instant.ofEpochSecond(
          Math.addExact(parts[0].longValueExact(), offset),
          parts[1].multiply(NANOS).divide(unit).longValueExact());
    } catch (ArithmeticException | DateTimeException beyond) {
      throw CaptureInput.at(position, "a time beyond all calendars");
    }
  }
}
