// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import tollway.bytes.ByteReader;
import tollway.bytes.ByteWriter;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;

/** Words about further associations, to bytes and back. */
final class StripeFrameCodec {
  /** Types from here on are between a desktop and its volunteer. */
  private static final int FIRST = 0x30;

  private static final int WISH = 0x30;
  private static final int HOLDS = 0x31;
  private static final int OFFER = 0x32;
  private static final int ANSWER = 0x33;

  private StripeFrameCodec() {}

  /** Whether a frame is not for the session; it may still be malformed, or of a later version. */
  static boolean isAside(ByteBuf frame) {
    return frame.isReadable() && frame.getUnsignedByte(frame.readerIndex()) >= FIRST;
  }

  static Bytes encode(StripeFrame frame) {
    ByteWriter writer = new ByteWriter();
    if (frame instanceof StripeFrame.Wish wish) {
      writer.u8(WISH).u8(wish.most());
    } else if (frame instanceof StripeFrame.Holds holds) {
      writer.u8(HOLDS).u8(holds.most());
    } else if (frame instanceof StripeFrame.Offer offer) {
      writer.u8(OFFER).u8(offer.number()).bytes(Bytes.ofUtf8(offer.sdp()));
    } else if (frame instanceof StripeFrame.Answer answer) {
      writer.u8(ANSWER).u8(answer.number()).bytes(Bytes.ofUtf8(answer.sdp()));
    } else {
      throw new IllegalStateException("no encoding for " + frame);
    }
    return writer.toBytes();
  }

  static StripeFrame decode(ByteBuffer bytes) throws MalformedBytesException {
    ByteReader reader = new ByteReader(bytes);
    int type = reader.u8();
    StripeFrame frame =
        switch (type) {
          case WISH -> new StripeFrame.Wish(reader.u8());
          case HOLDS -> new StripeFrame.Holds(reader.u8());
          case OFFER -> new StripeFrame.Offer(reader.u8(), sdp(reader));
          case ANSWER -> new StripeFrame.Answer(reader.u8(), sdp(reader));
          default -> throw new MalformedBytesException("no word has type " + type);
        };
    reader.end();
    return frame;
  }

  private static String sdp(ByteReader reader) throws MalformedBytesException {
    if (reader.remaining() > StripeFrame.LONGEST_SDP) {
      throw new MalformedBytesException("a description of " + reader.remaining() + " bytes");
    }
    return reader.rest().utf8();
  }
}
