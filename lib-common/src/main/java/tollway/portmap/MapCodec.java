// SPDX-License-Identifier: Apache-2.0
package tollway.portmap;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;

/** The datagrams of both protocols, for UDP over IPv4 alone. */
final class MapCodec {
  static final int NONCE = 12;

  private static final int PCP = 2;
  private static final int NAT_PMP = 0;
  private static final int RESPONSE = 0x80;
  private static final int PCP_MAP = 1;
  private static final int PMP_ADDRESS = 0;
  private static final int PMP_MAP_UDP = 1;
  private static final int UDP = 17;
  private static final int PCP_SIZE = 60;
  private static final int PCP_LIMIT = 1100;
  private static final byte[] MAPPED_PREFIX = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};

  private MapCodec() {}

  /** RFC 6887 §7.1, §11.1: 0 seconds takes the mapping back. */
  static Bytes pcp(Bytes nonce, Inet4Address client, int port, int seconds) {
    ByteBuffer out = ByteBuffer.allocate(PCP_SIZE);
    out.put((byte) PCP).put((byte) PCP_MAP).putShort((short) 0).putInt(seconds);
    out.put(MAPPED_PREFIX).put(client.getAddress());
    out.put(nonce.toArray()).put((byte) UDP).put(new byte[3]);
    out.putShort((short) port).putShort((short) 0);
    out.put(MAPPED_PREFIX).putInt(0);
    return Bytes.of(out.flip());
  }

  /** RFC 6886 §3.3. */
  static Bytes natPmp(int port, int seconds) {
    ByteBuffer out = ByteBuffer.allocate(12);
    out.put((byte) NAT_PMP).put((byte) PMP_MAP_UDP).putShort((short) 0);
    out.putShort((short) port).putShort((short) 0).putInt(seconds);
    return Bytes.of(out.flip());
  }

  /** RFC 6886 §3.2. */
  static Bytes outsideAddress() {
    return Bytes.of(ByteBuffer.wrap(new byte[] {NAT_PMP, PMP_ADDRESS}));
  }

  /**
   * The answer to a question about {@code port}, asked with {@code nonce}.
   *
   * @throws MalformedBytesException when it is no answer, or one to something else
   */
  static MapAnswer decode(Bytes datagram, Bytes nonce, int port) throws MalformedBytesException {
    ByteBuffer in = datagram.toBuffer();
    require(in.remaining() >= 4, "too short");
    int version = in.get() & 0xff;
    int operation = in.get() & 0xff;
    require((operation & RESPONSE) != 0, "not an answer");
    if (version == PCP) {
      return pcp(in, operation & ~RESPONSE, nonce, port);
    }
    require(version == NAT_PMP, "another protocol");
    return natPmp(in, operation & ~RESPONSE, port);
  }

  private static MapAnswer pcp(ByteBuffer in, int operation, Bytes nonce, int port)
      throws MalformedBytesException {
    in.get();
    int result = in.get() & 0xff;
    if (result != 0) {
      return new MapAnswer.Refused();
    }
    require(operation == PCP_MAP && in.limit() >= PCP_SIZE && in.limit() <= PCP_LIMIT, "no MAP");
    long seconds = in.getInt() & 0xffff_ffffL;
    in.position(24);
    byte[] theirs = new byte[NONCE];
    in.get(theirs);
    require(nonce.equals(Bytes.of(ByteBuffer.wrap(theirs))), "another's nonce");
    require((in.get() & 0xff) == UDP, "not UDP");
    in.position(in.position() + 3);
    require((in.getShort() & 0xffff) == port, "another port");
    int outside = in.getShort() & 0xffff;
    byte[] prefix = new byte[MAPPED_PREFIX.length];
    in.get(prefix);
    require(Arrays.equals(prefix, MAPPED_PREFIX), "not IPv4");
    return outside == 0 || seconds == 0
        ? new MapAnswer.Refused()
        : new MapAnswer.Mapped(ipv4(in), outside, seconds);
  }

  private static MapAnswer natPmp(ByteBuffer in, int operation, int port)
      throws MalformedBytesException {
    int result = in.getShort() & 0xffff;
    if (result == 1) {
      return new MapAnswer.OlderProtocol(); // RFC 6886 §3.5: to our question of PCP.
    }
    if (result != 0) {
      return new MapAnswer.Refused();
    }
    if (operation == PMP_ADDRESS) {
      require(in.limit() == 12, "an address has 12 bytes");
      in.getInt();
      return new MapAnswer.OutsideAddress(ipv4(in));
    }
    require(operation == PMP_MAP_UDP && in.limit() == 16, "a mapping has 16 bytes");
    in.getInt();
    require((in.getShort() & 0xffff) == port, "another port");
    int outside = in.getShort() & 0xffff;
    long seconds = in.getInt() & 0xffff_ffffL;
    return outside == 0 || seconds == 0
        ? new MapAnswer.Refused()
        : new MapAnswer.PortMapped(outside, seconds);
  }

  private static Inet4Address ipv4(ByteBuffer in) throws MalformedBytesException {
    byte[] raw = new byte[4];
    in.get(raw);
    try {
      return (Inet4Address) InetAddress.getByAddress(raw);
    } catch (UnknownHostException notFourBytes) {
      throw new MalformedBytesException("not an address");
    }
  }

  private static void require(boolean fulfilled, String what) throws MalformedBytesException {
    if (!fulfilled) {
      throw new MalformedBytesException(what);
    }
  }
}
