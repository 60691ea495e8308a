// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tollway.bytes.MalformedBytesException;

/**
 * Destinations to bytes and back, as RFC 1928 §5 has them. Layout: type 1, then address 4 (type 1),
 * or length 1 and name (type 3), or address 16 (type 4); port 2.
 */
final class DestinationCodec {
  static final int MAX_SIZE = 2 + Destination.NAME_LIMIT + 2;

  static final int IPV4 = 1;
  static final int IPV6 = 4;

  private static final int NAME = 3;

  private DestinationCodec() {}

  static void encode(Destination destination, ByteBuf out) {
    byte[] address = NetUtil.createByteArrayFromIpAddressString(destination.host());
    if (address == null) {
      out.writeByte(NAME).writeByte(destination.host().length());
      ByteBufUtil.writeAscii(out, destination.host());
    } else {
      out.writeByte(address.length == 4 ? IPV4 : IPV6).writeBytes(address);
    }
    out.writeShort(destination.port());
  }

  /**
   * Takes a destination off the front of {@code in}; empty, and nothing taken, while it is too
   * short.
   */
  static Optional<Destination> decode(ByteBuf in) throws MalformedBytesException {
    int size = size(in);
    if (size > in.readableBytes()) {
      return Optional.empty();
    }
    int start = in.readerIndex();
    boolean named = in.getUnsignedByte(start) == NAME;
    byte[] host = host(in, named ? 2 : 1, size);
    int port = in.getUnsignedShort(start + size - 2);
    Destination destination = Destination.of(named ? name(host) : address(host), port);
    in.skipBytes(size);
    return Optional.of(destination);
  }

  /**
   * The same where the address may be all zero and the port 0; a name, which nobody sends datagrams
   * from, counts as the zero address.
   */
  static Optional<InetSocketAddress> decodeSource(ByteBuf in) throws MalformedBytesException {
    int size = size(in);
    if (size > in.readableBytes()) {
      return Optional.empty();
    }
    int start = in.readerIndex();
    boolean named = in.getUnsignedByte(start) == NAME;
    byte[] host = named ? new byte[4] : host(in, 1, size);
    int port = in.getUnsignedShort(start + size - 2);
    in.skipBytes(size);
    return Optional.of(new InetSocketAddress(inetAddress(host), port));
  }

  /** Of the whole destination; a guess, but more than there is, while there is too little. */
  private static int size(ByteBuf in) throws MalformedBytesException {
    if (!in.isReadable()) {
      return 1;
    }
    int start = in.readerIndex();
    return switch (in.getUnsignedByte(start)) {
      case IPV4 -> 1 + 4 + 2;
      case IPV6 -> 1 + 16 + 2;
      case NAME -> in.readableBytes() < 2 ? 2 : 2 + in.getUnsignedByte(start + 1) + 2;
      default -> throw new MalformedBytesException("no such address type");
    };
  }

  private static byte[] host(ByteBuf in, int at, int size) {
    byte[] host = new byte[size - at - 2];
    in.getBytes(in.readerIndex() + at, host);
    return host;
  }

  private static String name(byte[] ascii) throws MalformedBytesException {
    String name = new String(ascii, StandardCharsets.ISO_8859_1);
    if (name.indexOf(':') >= 0 || name.indexOf('[') >= 0) {
      throw new MalformedBytesException("an address where a name belongs");
    }
    return name;
  }

  private static String address(byte[] octets) {
    return NetUtil.toAddressString(inetAddress(octets));
  }

  private static InetAddress inetAddress(byte[] octets) {
    try {
      return InetAddress.getByAddress(octets);
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
