// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Optional;
import tollway.bytes.MalformedBytesException;

/**
 * UDP datagrams to bytes and back: on a stream between desktop and egress, each behind the length
 * of what follows (2), and in the datagrams of SOCKS5 clients, behind zero 2 and fragment number 1
 * (RFC 1928 §7). In both follow the peer ({@link DestinationCodec}) and the payload.
 */
final class DatagramCodec {
  /** Of a frame on a stream, without its length: all that the length can say. */
  static final int MAX_FRAME = 0xffff;

  /** The payload of the longest datagram of IPv4. */
  static final int MAX_PAYLOAD = 65_507;

  private static final int LENGTH_SIZE = 2;
  private static final int SOCKS_SIZE = 3;

  private DatagramCodec() {}

  /** A new buffer; empty when the two do not fit into a frame. */
  static Optional<ByteBuf> encode(ByteBufAllocator allocator, Datagram datagram) {
    ByteBuf payload = datagram.payload();
    int most = LENGTH_SIZE + DestinationCodec.MAX_SIZE + payload.readableBytes();
    ByteBuf out = allocator.buffer(most).writeZero(LENGTH_SIZE);
    DestinationCodec.encode(datagram.peer(), out);
    out.writeBytes(payload, payload.readerIndex(), payload.readableBytes());
    int size = out.readableBytes() - LENGTH_SIZE;
    if (size > MAX_FRAME) {
      out.release();
      return Optional.empty();
    }
    out.setShort(out.readerIndex(), size);
    return Optional.of(out);
  }

  /** Takes a frame off the front of {@code in}; empty, and nothing taken, while it is too short. */
  static Optional<Datagram> decode(ByteBuf in) throws MalformedBytesException {
    if (in.readableBytes() < LENGTH_SIZE) {
      return Optional.empty();
    }
    int size = in.getUnsignedShort(in.readerIndex());
    if (in.readableBytes() < LENGTH_SIZE + size) {
      return Optional.empty();
    }
    ByteBuf frame = in.skipBytes(LENGTH_SIZE).readSlice(size);
    return Optional.of(whole(frame));
  }

  /** What a SOCKS5 client gets; a new buffer. */
  static ByteBuf encodeSocks(ByteBufAllocator allocator, Datagram datagram) {
    ByteBuf payload = datagram.payload();
    ByteBuf out =
        allocator
            .buffer(SOCKS_SIZE + DestinationCodec.MAX_SIZE + payload.readableBytes())
            .writeZero(SOCKS_SIZE);
    DestinationCodec.encode(datagram.peer(), out);
    return out.writeBytes(payload, payload.readerIndex(), payload.readableBytes());
  }

  /** What a SOCKS5 client sent. */
  static Datagram decodeSocks(ByteBuf in) throws MalformedBytesException {
    if (in.readableBytes() < SOCKS_SIZE) {
      throw new MalformedBytesException("too short for a datagram of SOCKS5");
    }
    // The two reserved bytes are nobody's business: some clients do not clear them.
    if (in.getByte(in.readerIndex() + 2) != 0) {
      throw new MalformedBytesException("a fragment"); // RFC 1928 §7: MUST drop.
    }
    return whole(in.skipBytes(SOCKS_SIZE));
  }

  private static Datagram whole(ByteBuf in) throws MalformedBytesException {
    Destination peer =
        DestinationCodec.decode(in)
            .orElseThrow(() -> new MalformedBytesException("too short for its address"));
    if (in.readableBytes() > MAX_PAYLOAD) {
      throw new MalformedBytesException("no datagram is so long");
    }
    return new Datagram(peer, in.slice());
  }
}
