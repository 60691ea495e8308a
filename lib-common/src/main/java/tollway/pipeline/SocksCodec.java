// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import tollway.bytes.MalformedBytesException;

/**
 * The handshake of SOCKS5 to values and back (RFC 1928 §3 to §6, RFC 1929). What reads takes a
 * whole message off the front of the buffer, or nothing and returns empty while it is too short.
 */
public final class SocksCodec {
  public static final int NO_AUTHENTICATION = 0;
  public static final int USER_PASSWORD = 2;
  public static final int UNACCEPTED = 0xff;

  private static final int VERSION = 5;
  private static final int PASSWORD_VERSION = 1;
  private static final int CONNECT = 1;
  private static final int ASSOCIATE = 3;
  private static final int COMMAND_SIZE = 3;

  /** Both as they stand on the wire, as UTF-8. */
  public record Credentials(String user, String password) {
    /** Never the password. */
    @Override
    public String toString() {
      return "Credentials";
    }
  }

  private SocksCodec() {}

  /** The methods that a client offers. */
  public static Optional<Set<Integer>> greeting(ByteBuf in) throws MalformedBytesException {
    expect(in, VERSION);
    int at = in.readerIndex();
    if (in.readableBytes() < 2 || in.readableBytes() < 2 + in.getUnsignedByte(at + 1)) {
      return Optional.empty();
    }
    int count = in.skipBytes(1).readUnsignedByte();
    Set<Integer> methods = new HashSet<>();
    for (int i = 0; i < count; i++) {
      methods.add((int) in.readUnsignedByte());
    }
    return Optional.of(methods);
  }

  public static ByteBuf method(int method) {
    return Unpooled.buffer(2).writeByte(VERSION).writeByte(method);
  }

  public static Optional<Credentials> credentials(ByteBuf in) throws MalformedBytesException {
    expect(in, PASSWORD_VERSION);
    int at = in.readerIndex();
    int has = in.readableBytes();
    if (has < 2) {
      return Optional.empty();
    }
    int userSize = in.getUnsignedByte(at + 1);
    if (has < 3 + userSize) {
      return Optional.empty();
    }
    int passwordSize = in.getUnsignedByte(at + 2 + userSize);
    if (has < 3 + userSize + passwordSize) {
      return Optional.empty();
    }
    in.skipBytes(2);
    String user = in.readCharSequence(userSize, StandardCharsets.UTF_8).toString();
    in.skipBytes(1);
    String password = in.readCharSequence(passwordSize, StandardCharsets.UTF_8).toString();
    return Optional.of(new Credentials(user, password));
  }

  public static ByteBuf admitted(boolean admitted) {
    return Unpooled.buffer(2).writeByte(PASSWORD_VERSION).writeByte(admitted ? 0 : 1);
  }

  static Optional<SocksCommand> command(ByteBuf in) throws MalformedBytesException {
    expect(in, VERSION);
    if (in.readableBytes() < COMMAND_SIZE) {
      return Optional.empty();
    }
    int start = in.readerIndex();
    int command = in.getUnsignedByte(start + 1);
    ByteBuf address = in.slice(start + COMMAND_SIZE, in.readableBytes() - COMMAND_SIZE);
    try {
      Optional<SocksCommand> whole =
          switch (command) {
            case CONNECT -> DestinationCodec.decode(address).map(SocksCommand.Connect::new);
            case ASSOCIATE -> DestinationCodec.decodeSource(address).map(SocksCodec::associate);
            default -> Optional.of(new SocksCommand.Refused(SocksStatus.COMMAND_UNSUPPORTED));
          };
      if (whole.isPresent()) {
        in.skipBytes(COMMAND_SIZE + address.readerIndex());
      }
      return whole;
    } catch (MalformedBytesException wrong) {
      in.skipBytes(in.readableBytes());
      return Optional.of(new SocksCommand.Refused(SocksStatus.ADDRESS_UNSUPPORTED));
    }
  }

  /** {@code bound} is where datagrams are taken, or any address. */
  static ByteBuf reply(SocksStatus status, InetSocketAddress bound) {
    byte[] address = bound.getAddress().getAddress();
    return Unpooled.buffer(22)
        .writeByte(VERSION)
        .writeByte(status.code())
        .writeByte(0)
        .writeByte(address.length == 4 ? DestinationCodec.IPV4 : DestinationCodec.IPV6)
        .writeBytes(address)
        .writeShort(bound.getPort());
  }

  private static SocksCommand associate(InetSocketAddress from) {
    return new SocksCommand.Associate(from.getAddress(), from.getPort());
  }

  private static void expect(ByteBuf in, int version) throws MalformedBytesException {
    if (in.isReadable() && in.getUnsignedByte(in.readerIndex()) != version) {
      throw new MalformedBytesException("no message of version " + version);
    }
  }
}
