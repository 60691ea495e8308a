// SPDX-License-Identifier: Apache-2.0
package tollway.capture;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;

/**
 * The newer format (draft-ietf-opsawg-pcapng): blocks of type 4, length 4, body, length 4 again. A
 * section begins with a header that tells the byte order and forgets all interfaces.
 */
final class PcapngReader implements CaptureReader {
  private static final int SECTION = 0x0a0d0d0a;
  private static final int INTERFACE = 1;
  private static final int OLD_PACKET = 2;
  private static final int SIMPLE_PACKET = 3;
  private static final int ENHANCED_PACKET = 6;

  private static final int ORDER_MAGIC = 0x1a2b3c4d;

  /** Twice what the longest packet needs; anything else is no block. */
  private static final int BLOCK_LIMIT = 2 * PACKET_LIMIT;

  private static final int INTERFACE_LIMIT = 4096;

  private final CaptureInput in;
  private final List<PcapngInterface> interfaces = new ArrayList<>();
  private int number;

  PcapngReader(CaptureInput in) {
    this.in = in;
  }

  static boolean begins(byte[] magic) {
    return magic.length == 4 && ByteBuffer.wrap(magic).getInt() == SECTION;
  }

  @Override
  public Optional<CapturedPacket> next() throws IOException, MalformedBytesException {
    while (true) {
      long from = in.position();
      ByteBuffer head = in.takeOrEnd(8, "a block header");
      if (!head.hasRemaining()) {
        return Optional.empty();
      }
      int type = head.getInt();
      if (type == SECTION) {
        section(from, head);
        continue;
      }
      ByteBuffer body = body(from, head.getInt(), 8);
      switch (type) {
        case INTERFACE -> addInterface(from, body);
        case ENHANCED_PACKET -> {
          need(from, body, 20, "an enhanced packet");
          return Optional.of(packet(from, Integer.toUnsignedLong(body.getInt()), body));
        }
        case OLD_PACKET -> {
          need(from, body, 20, "a packet");
          int on = body.getShort() & 0xffff;
          body.getShort(); // How many were dropped before.
          return Optional.of(packet(from, on, body));
        }
        case SIMPLE_PACKET -> {
          need(from, body, 4, "a simple packet");
          return Optional.of(simplePacket(from, body));
        }
        default -> {} // Names, statistics, comments, secrets.
      }
    }
  }

  private void section(long from, ByteBuffer head) throws IOException, MalformedBytesException {
    ByteBuffer magic = in.take(4, "a section header").order(ByteOrder.BIG_ENDIAN);
    if (magic.getInt(0) == Integer.reverseBytes(ORDER_MAGIC)) {
      in.order(ByteOrder.LITTLE_ENDIAN);
      head.order(ByteOrder.LITTLE_ENDIAN);
    } else if (magic.getInt(0) == ORDER_MAGIC) {
      in.order(ByteOrder.BIG_ENDIAN);
      head.order(ByteOrder.BIG_ENDIAN);
    } else {
      throw CaptureInput.at(from + 8, "the byte order of the section is not told");
    }
    ByteBuffer body = body(from, head.getInt(4), 12);
    need(from, body, 12, "a section header");
    int major = body.getShort() & 0xffff;
    if (major != 1) {
      throw CaptureInput.at(from + 12, "version " + major + " of pcapng is not read here");
    }
    interfaces.clear();
  }

  /** What stands between the {@code taken} first bytes of a block and its second length. */
  private ByteBuffer body(long from, int told, int taken)
      throws IOException, MalformedBytesException {
    long length = Integer.toUnsignedLong(told);
    if (length < taken + 4 || length % 4 != 0 || length > BLOCK_LIMIT) {
      throw CaptureInput.at(from + 4, "a block of " + length + " bytes");
    }
    ByteBuffer rest = in.take((int) length - taken, "a block");
    int end = rest.limit() - 4;
    if (rest.getInt(end) != told) {
      throw CaptureInput.at(
          from + length - 4,
          "the block's second length is "
              + Integer.toUnsignedLong(rest.getInt(end))
              + ", its first "
              + length);
    }
    return rest.limit(end);
  }

  private void addInterface(long from, ByteBuffer body) throws MalformedBytesException {
    need(from, body, 8, "an interface");
    if (interfaces.size() == INTERFACE_LIMIT) {
      throw CaptureInput.at(from, "more than " + INTERFACE_LIMIT + " interfaces");
    }
    interfaces.add(PcapngInterface.read(from + 8, body));
  }

  private CapturedPacket packet(long from, long on, ByteBuffer body)
      throws MalformedBytesException {
    long high = Integer.toUnsignedLong(body.getInt());
    long low = Integer.toUnsignedLong(body.getInt());
    long recorded = Integer.toUnsignedLong(body.getInt());
    long length = Integer.toUnsignedLong(body.getInt());
    PcapngInterface known = known(from, on);
    return new CapturedPacket(
        ++number,
        Optional.of(known.time(from + 12, high << 32 | low)),
        known.name(),
        known.layer(),
        bytes(from, body, recorded),
        Math.max(0, length - recorded));
  }

  /** On the first interface, without a time; as long as the interface records. */
  private CapturedPacket simplePacket(long from, ByteBuffer body) throws MalformedBytesException {
    long length = Integer.toUnsignedLong(body.getInt());
    PcapngInterface known = known(from, 0);
    long recorded = Math.min(length, known.snapLength());
    return new CapturedPacket(
        ++number,
        Optional.empty(),
        known.name(),
        known.layer(),
        bytes(from, body, recorded),
        length - recorded);
  }

  private PcapngInterface known(long from, long on) throws MalformedBytesException {
    if (on >= interfaces.size()) {
      throw CaptureInput.at(from + 8, "interface " + on + " is not described");
    }
    return interfaces.get((int) on);
  }

  private static Bytes bytes(long from, ByteBuffer body, long recorded)
      throws MalformedBytesException {
    if (recorded > body.remaining() || recorded > PACKET_LIMIT) {
      throw CaptureInput.at(
          from, "a packet of " + recorded + " bytes in a block with " + body.remaining());
    }
    return Bytes.of(body.slice(body.position(), (int) recorded));
  }

  private static void need(long from, ByteBuffer body, int count, String what)
      throws MalformedBytesException {
    if (body.remaining() < count) {
      throw CaptureInput.at(
          from, "a block with " + body.remaining() + " bytes is too short for " + what);
    }
  }
}
