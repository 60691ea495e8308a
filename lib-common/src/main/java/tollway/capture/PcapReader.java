// SPDX-License-Identifier: Apache-2.0
package tollway.capture;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.Optional;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;

/**
 * The classic format (draft-ietf-opsawg-pcap). Header: magic 4, major 2, minor 2, reserved 8, snap
 * length 4, link type 4. Packet: seconds 4, fraction 4, recorded 4, real length 4, bytes.
 */
final class PcapReader implements CaptureReader {
  private static final int MICROSECONDS = 0xa1b2c3d4;
  private static final int NANOSECONDS = 0xa1b23c4d;

  private final CaptureInput in;
  private final int unit;
  private final LinkLayer layer;
  private int number;

  PcapReader(CaptureInput in) throws IOException, MalformedBytesException {
    this.in = in;
    ByteBuffer magic = in.take(4, "the file header");
    if (!isMagic(magic.getInt(0))) {
      magic.order(ByteOrder.LITTLE_ENDIAN);
      in.order(ByteOrder.LITTLE_ENDIAN);
    }
    unit = magic.getInt(0) == MICROSECONDS ? 1_000 : 1;
    ByteBuffer header = in.take(20, "the file header");
    int major = header.getShort(0);
    if (major != 2) {
      throw CaptureInput.at(4, "version " + (major & 0xffff) + " of pcap is not read here");
    }
    layer = new LinkLayer(header.getInt(16) & 0xffff); // Above: the length of a checksum.
  }

  static boolean begins(byte[] magic) {
    if (magic.length < 4) {
      return false;
    }
    int value = ByteBuffer.wrap(magic).getInt();
    return isMagic(value) || isMagic(Integer.reverseBytes(value));
  }

  private static boolean isMagic(int value) {
    return value == MICROSECONDS || value == NANOSECONDS;
  }

  @Override
  public Optional<CapturedPacket> next() throws IOException, MalformedBytesException {
    long from = in.position();
    ByteBuffer header = in.takeOrEnd(16, "a packet header");
    if (!header.hasRemaining()) {
      return Optional.empty();
    }
    long seconds = Integer.toUnsignedLong(header.getInt());
    long fraction = Integer.toUnsignedLong(header.getInt());
    long recorded = Integer.toUnsignedLong(header.getInt());
    long length = Integer.toUnsignedLong(header.getInt());
    if (recorded > PACKET_LIMIT) {
      throw CaptureInput.at(from + 8, "a packet of " + recorded + " bytes");
    }
    Bytes bytes = Bytes.of(in.take((int) recorded, "a packet"));
    Instant time = Instant.ofEpochSecond(seconds, fraction * unit);
    return Optional.of(
        new CapturedPacket(
            ++number, Optional.of(time), "", layer, bytes, Math.max(0, length - recorded)));
  }
}
