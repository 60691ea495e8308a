// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tollway.bytes.ByteWriter;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;

/**
 * Stream answers to bytes and back. Layout: status 1; unless connected, length 1 and UTF-8 text.
 */
final class StreamAnswerCodec {
  private StreamAnswerCodec() {}

  static Bytes encode(StreamAnswer answer) {
    ByteWriter writer = new ByteWriter().u8(answer.status().code());
    if (!answer.isConnected()) {
      Bytes reason = Bytes.ofUtf8(answer.reason());
      writer.u8(reason.size()).bytes(reason);
    }
    return writer.toBytes();
  }

  /** Takes an answer off the front of {@code in}; empty, and nothing taken, while too short. */
  static Optional<StreamAnswer> decode(ByteBuf in) throws MalformedBytesException {
    if (!in.isReadable()) {
      return Optional.empty();
    }
    StreamAnswer.Status status = status(in.getUnsignedByte(in.readerIndex()));
    if (status == StreamAnswer.Status.CONNECTED) {
      in.skipBytes(1);
      return Optional.of(StreamAnswer.connected());
    }
    if (in.readableBytes() < 2) {
      return Optional.empty();
    }
    int size = in.getUnsignedByte(in.readerIndex() + 1);
    if (size > StreamAnswer.REASON_LIMIT) {
      throw new MalformedBytesException("a reason of " + size + " bytes");
    }
    if (in.readableBytes() < 2 + size) {
      return Optional.empty();
    }
    byte[] reason = new byte[size];
    in.skipBytes(2).readBytes(reason);
    return Optional.of(new StreamAnswer(status, text(reason)));
  }

  private static StreamAnswer.Status status(int code) throws MalformedBytesException {
    for (StreamAnswer.Status status : StreamAnswer.Status.values()) {
      if (status.code() == code) {
        return status;
      }
    }
    throw new MalformedBytesException("no answer has status " + code);
  }

  private static String text(byte[] utf8) throws MalformedBytesException {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
      if (text.codePoints().anyMatch(Character::isISOControl)) {
        throw new MalformedBytesException("a reason with control characters");
      }
      return text;
    } catch (CharacterCodingException notText) {
      throw new MalformedBytesException("a reason that is not UTF-8");
    }
  }
}
