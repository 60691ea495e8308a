// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.buffer.ByteBuf;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tollway.bytes.ByteWriter;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;

/**
 * Stream headers to bytes and back. Layout: version 1, key 16, address type 1, then address 4, or
 * length 1 and name, or address 16; port 2. The address types are those of RFC 1928 §5.
 */
final class StreamHeaderCodec {
  static final int VERSION = 1;
  static final int MAX_SIZE = 1 + StreamHeader.KEY_SIZE + 2 + Destination.NAME_LIMIT + 2;

  private static final int IPV4 = 1;
  private static final int NAME = 3;
  private static final int IPV6 = 4;
  private static final int TYPE_AT = 1 + StreamHeader.KEY_SIZE;

  private StreamHeaderCodec() {}

  static Bytes encode(StreamHeader header) {
    ByteWriter writer = new ByteWriter().u8(VERSION).bytes(header.key());
    String host = header.destination().host();
    byte[] address = NetUtil.createByteArrayFromIpAddressString(host);
    if (address == null) {
      writer.u8(NAME).u8(host.length()).bytes(Bytes.ofUtf8(host));
    } else {
      writer.u8(address.length == 4 ? IPV4 : IPV6).bytes(Bytes.of(address));
    }
    return writer.u16(header.destination().port()).toBytes();
  }

  /**
   * Takes a header off the front of {@code in}; empty, and nothing taken, while it is too short.
   */
  static Optional<StreamHeader> decode(ByteBuf in) throws MalformedBytesException {
    int start = in.readerIndex();
    int has = in.readableBytes();
    if (has > 0 && in.getUnsignedByte(start) != VERSION) {
      throw new MalformedBytesException("no header of version 1");
    }
    if (has < TYPE_AT + 2) {
      return Optional.empty();
    }
    int hostAt = TYPE_AT + 1;
    int hostSize =
        switch (in.getUnsignedByte(start + TYPE_AT)) {
          case IPV4 -> 4;
          case IPV6 -> 16;
          case NAME -> in.getUnsignedByte(start + hostAt++);
          default -> throw new MalformedBytesException("no such address type");
        };
    if (has < hostAt + hostSize + 2) {
      return Optional.empty();
    }
    byte[] key = new byte[StreamHeader.KEY_SIZE];
    in.getBytes(start + 1, key);
    byte[] host = new byte[hostSize];
    in.getBytes(start + hostAt, host);
    int port = in.getUnsignedShort(start + hostAt + hostSize);
    boolean named = in.getUnsignedByte(start + TYPE_AT) == NAME;
    Destination destination = Destination.of(named ? name(host) : address(host), port);
    in.skipBytes(hostAt + hostSize + 2);
    return Optional.of(new StreamHeader(Bytes.of(key), destination));
  }

  private static String name(byte[] ascii) throws MalformedBytesException {
    String name = new String(ascii, StandardCharsets.ISO_8859_1);
    if (name.indexOf(':') >= 0 || name.indexOf('[') >= 0) {
      throw new MalformedBytesException("an address where a name belongs");
    }
    return name;
  }

  private static String address(byte[] octets) {
    try {
      return NetUtil.toAddressString(InetAddress.getByAddress(octets));
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
