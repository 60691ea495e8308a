// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import java.util.OptionalInt;
import tollway.bytes.ByteReader;
import tollway.bytes.ByteWriter;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;

/**
 * The Data Channel Establishment Protocol (RFC 8832 §5). DATA_CHANNEL_OPEN: type 1, channel type 1,
 * priority 2, reliability 4, label length 2, protocol length 2, label, protocol. ACK: type 1.
 */
final class DcepCodec {
  private static final int ACK = 2;
  private static final int OPEN = 3;

  private static final int RELIABLE = 0;
  private static final int REXMIT = 1;
  private static final int TIMED = 2;
  private static final int UNORDERED = 0x80;

  private static final int PRIORITY_NORMAL = 256;

  /** We keep no clock for messages: a lifetime counts as a retransmission for each of these. */
  private static final long MILLIS_PER_RETRANSMISSION = 500;

  private DcepCodec() {}

  static Bytes encode(DcepMessage message) {
    if (!(message instanceof DcepMessage.Open open)) {
      return new ByteWriter().u8(ACK).toBytes();
    }
    ChannelOptions options = open.options();
    Bytes label = Bytes.ofUtf8(options.label());
    int type = options.maxRetransmits().isPresent() ? REXMIT : RELIABLE;
    return new ByteWriter()
        .u8(OPEN)
        .u8(options.ordered() ? type : type | UNORDERED)
        .u16(PRIORITY_NORMAL)
        .u32(options.maxRetransmits().orElse(0))
        .u16(label.size())
        .u16(0)
        .bytes(label)
        .toBytes();
  }

  static DcepMessage decode(Bytes bytes) throws MalformedBytesException {
    ByteReader in = new ByteReader(bytes);
    int kind = in.u8();
    if (kind == ACK) {
      in.end();
      return new DcepMessage.Ack();
    }
    if (kind != OPEN) {
      throw new MalformedBytesException("an unknown DCEP message");
    }
    int type = in.u8();
    in.u16(); // Priorities mean nothing with one channel.
    long reliability = in.u32();
    int labelSize = in.u16();
    int protocolSize = in.u16();
    String label = in.bytes(labelSize).utf8();
    in.skip(protocolSize);
    in.end();
    // Replaced invalid UTF-8 may be longer than what came.
    if (Bytes.ofUtf8(label).size() > 0xffff) {
      throw new MalformedBytesException("a label that is not UTF-8");
    }
    boolean ordered = (type & UNORDERED) == 0;
    return new DcepMessage.Open(
        new ChannelOptions(label, ordered, retransmits(type & ~UNORDERED, reliability)));
  }

  private static OptionalInt retransmits(int type, long reliability)
      throws MalformedBytesException {
    return switch (type) {
      case RELIABLE -> OptionalInt.empty();
      case REXMIT -> OptionalInt.of((int) Math.min(Integer.MAX_VALUE, reliability));
      case TIMED -> OptionalInt.of((int) (reliability / MILLIS_PER_RETRANSMISSION));
      default -> throw new MalformedBytesException("an unknown channel type");
    };
  }
}
