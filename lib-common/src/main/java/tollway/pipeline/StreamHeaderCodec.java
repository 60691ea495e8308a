// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Optional;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;

/**
 * Stream headers to bytes and back. Layout: version 1, key 16, and then in version 1 the
 * destination of a connection ({@link DestinationCodec}), in version 2 the kind of the stream; of a
 * speed test also what is measured 1, seconds 1.
 */
final class StreamHeaderCodec {
  static final int MAX_SIZE = 1 + StreamHeader.KEY_SIZE + DestinationCodec.MAX_SIZE;

  private static final int CONNECTION_VERSION = 1;
  private static final int KIND_VERSION = 2;
  private static final int DATAGRAMS = 1;
  private static final int UNREAD = 2;
  private static final int SPEED_TEST = 3;
  private static final int KEY_END = 1 + StreamHeader.KEY_SIZE;

  private StreamHeaderCodec() {}

  static Bytes encode(StreamHeader header) {
    ByteBuf out = Unpooled.buffer(64);
    if (header instanceof StreamHeader.Connection connection) {
      out.writeByte(CONNECTION_VERSION).writeBytes(header.key().toArray());
      DestinationCodec.encode(connection.destination(), out);
    } else {
      out.writeByte(KIND_VERSION).writeBytes(header.key().toArray());
      if (header instanceof StreamHeader.SpeedTest test) {
        out.writeByte(SPEED_TEST).writeByte(test.kind().code()).writeByte(test.seconds());
      } else {
        out.writeByte(header instanceof StreamHeader.Datagrams ? DATAGRAMS : UNREAD);
      }
    }
    return Bytes.of(out.nioBuffer());
  }

  /**
   * Takes a header off the front of {@code in}; empty, and nothing taken, while it is too short.
   */
  static Optional<StreamHeader> decode(ByteBuf in) throws MalformedBytesException {
    int start = in.readerIndex();
    int has = in.readableBytes();
    if (has == 0) {
      return Optional.empty();
    }
    int version = in.getUnsignedByte(start);
    if (version != CONNECTION_VERSION && version != KIND_VERSION) {
      throw new MalformedBytesException("no header of version 1 or 2");
    }
    if (has <= KEY_END) {
      return Optional.empty();
    }
    byte[] bytes = new byte[StreamHeader.KEY_SIZE];
    in.getBytes(start + 1, bytes);
    Bytes key = Bytes.of(bytes);
    if (version == KIND_VERSION) {
      int kind = in.getUnsignedByte(start + KEY_END);
      if (kind == SPEED_TEST && has < KEY_END + 3) {
        return Optional.empty();
      }
      StreamHeader header =
          switch (kind) {
            case DATAGRAMS -> new StreamHeader.Datagrams(key);
            case UNREAD -> new StreamHeader.Unread(key);
            case SPEED_TEST ->
                speedTest(
                    key,
                    in.getUnsignedByte(start + KEY_END + 1),
                    in.getUnsignedByte(start + KEY_END + 2));
            default -> throw new MalformedBytesException("no such kind of stream");
          };
      in.skipBytes(KEY_END + (kind == SPEED_TEST ? 3 : 1));
      return Optional.of(header);
    }
    ByteBuf rest = in.slice(start + KEY_END, has - KEY_END);
    Optional<Destination> destination = DestinationCodec.decode(rest);
    if (destination.isPresent()) {
      in.skipBytes(KEY_END + rest.readerIndex());
    }
    return destination.map(to -> new StreamHeader.Connection(key, to));
  }

  private static StreamHeader speedTest(Bytes key, int code, int seconds)
      throws MalformedBytesException {
    for (StreamHeader.SpeedTest.Kind kind : StreamHeader.SpeedTest.Kind.values()) {
      if (kind.code() == code && seconds >= 1 && seconds <= StreamHeader.SpeedTest.MOST_SECONDS) {
        return new StreamHeader.SpeedTest(key, kind, seconds);
      }
    }
    throw new MalformedBytesException("no such speed test");
  }
}
