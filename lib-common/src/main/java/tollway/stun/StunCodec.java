// SPDX-License-Identifier: Apache-2.0
package tollway.stun;

import io.netty.buffer.ByteBuf;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.zip.CRC32;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tollway.bytes.ByteReader;
import tollway.bytes.ByteWriter;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.stun.StunMessage.Kind;

/**
 * STUN messages as bytes (RFC 8489 §5, §14; RFC 5780 §7), with short-term signatures as ICE uses
 * them.
 */
public final class StunCodec {
  private static final long MAGIC_COOKIE = 0x2112a442L;
  private static final int HEADER_BYTES = 20;

  /** Everybody keeps STUN below the path's MTU (RFC 8489 §6.1); more is not for us. */
  static final int LARGEST_MESSAGE = 1500;

  private static final int MAPPED_ADDRESS = 0x0001;
  private static final int CHANGE_REQUEST = StunAttribute.ChangeRequest.TYPE;
  private static final int USERNAME = 0x0006;
  private static final int MESSAGE_INTEGRITY = 0x0008;
  private static final int ERROR_CODE = 0x0009;
  private static final int UNKNOWN_ATTRIBUTES = 0x000a;
  private static final int XOR_MAPPED_ADDRESS = 0x0020;
  private static final int PRIORITY = 0x0024;
  private static final int USE_CANDIDATE = 0x0025;
  private static final int SOFTWARE = 0x8022;
  private static final int FINGERPRINT = 0x8028;
  private static final int ICE_CONTROLLED = 0x8029;
  private static final int ICE_CONTROLLING = 0x802a;

  private static final int RESPONSE_ORIGIN = 0x802b;
  private static final int OTHER_ADDRESS = 0x802c;

  /** RFC 5780 §7.2: the flags of CHANGE-REQUEST. */
  private static final int CHANGE_ADDRESS = 4;

  private static final int CHANGE_PORT = 2;

  private static final int IPV4 = 1;
  private static final int IPV6 = 2;
  private static final int HMAC_BYTES = 20;

  /** RFC 8489 §14.7: tells a STUN fingerprint from another protocol's CRC-32. */
  private static final int FINGERPRINT_XOR = 0x5354554e;

  private StunCodec() {}

  /**
   * Whether this is worth decoding, rather than DTLS or anything else on the same socket: the first
   * byte is 0 to 3 (RFC 7983 §7), the size fits and the cookie is there.
   */
  public static boolean looksLikeStun(ByteBuf datagram) {
    int at = datagram.readerIndex();
    int size = datagram.readableBytes();
    return size >= HEADER_BYTES
        && size <= LARGEST_MESSAGE
        && datagram.getUnsignedByte(at) <= 3
        && datagram.getUnsignedInt(at + 4) == MAGIC_COOKIE;
  }

  /** The message, without a signature. */
  public static Bytes encode(StunMessage message) {
    return encode(message, Bytes.EMPTY);
  }

  /** The message, signed with {@code key}; for short-term credentials that is the password. */
  public static Bytes encode(StunMessage message, Bytes key) {
    ByteWriter body = new ByteWriter();
    Encoder encoder = new Encoder(message.transactionId());
    for (StunAttribute attribute : message.attributes()) {
      write(body, attribute.accept(encoder));
    }
    if (key.size() > 0) {
      // RFC 8489 §14.5: signed as if the signature were the last attribute.
      Bytes signed = header(message, body.size() + 4 + HMAC_BYTES).plus(body.toBytes());
      body.u16(MESSAGE_INTEGRITY).u16(HMAC_BYTES).bytes(hmac(signed, key));
    }
    if (message.fingerprint()) {
      Bytes summed = header(message, body.size() + 8).plus(body.toBytes());
      body.u16(FINGERPRINT).u16(4).u32(fingerprint(summed));
    }
    return header(message, body.size()).plus(body.toBytes());
  }

  /** Reads a datagram; a FINGERPRINT must be right when there is one. Checks no signature. */
  public static StunMessage decode(Bytes datagram) throws MalformedBytesException {
    if (datagram.size() > LARGEST_MESSAGE) {
      throw new MalformedBytesException("larger than any STUN message");
    }
    ByteReader reader = new ByteReader(datagram);
    int type = reader.u16();
    if (type > 0x3fff) {
      throw new MalformedBytesException("its first two bits are not zero");
    }
    if (reader.u16() != datagram.size() - HEADER_BYTES || datagram.size() % 4 != 0) {
      throw new MalformedBytesException("the STUN length is not the datagram's");
    }
    if (reader.u32() != MAGIC_COOKIE) {
      throw new MalformedBytesException("no magic cookie");
    }
    Bytes transactionId = reader.bytes(StunMessage.TRANSACTION_ID_BYTES);
    List<StunAttribute> attributes = new ArrayList<>();
    boolean signed = false;
    boolean fingerprint = false;
    while (reader.remaining() > 0) {
      int at = datagram.size() - reader.remaining();
      int attribute = reader.u16();
      Bytes value = value(reader);
      if (attribute == FINGERPRINT) {
        // RFC 8489 §14.7: the last attribute.
        reader.end();
        checkFingerprint(datagram.slice(0, at), value);
        fingerprint = true;
      } else if (attribute == MESSAGE_INTEGRITY && !signed) {
        if (value.size() != HMAC_BYTES) {
          throw new MalformedBytesException("a signature of " + value.size() + " bytes");
        }
        signed = true;
      } else if (!signed) {
        // RFC 8489 §14.5: what follows the signature is not covered by it and must be ignored.
        attributes.add(attribute(attribute, value, transactionId));
      }
    }
    return new StunMessage(method(type), kind(type), transactionId, attributes, fingerprint);
  }

  /** Whether {@code datagram}, which {@link #decode} accepted, is signed with {@code key}. */
  public static boolean isSigned(Bytes datagram, Bytes key) {
    OptionalInt at = signatureOffset(datagram);
    if (at.isEmpty() || key.size() == 0) {
      return false;
    }
    int offset = at.getAsInt();
    Bytes signed = withLength(datagram.slice(0, offset), offset + 4 + HMAC_BYTES - HEADER_BYTES);
    return hmac(signed, key).equals(datagram.slice(offset + 4, offset + 4 + HMAC_BYTES));
  }

  private static OptionalInt signatureOffset(Bytes datagram) {
    int at = HEADER_BYTES;
    while (at + 4 <= datagram.size()) {
      int length = datagram.at(at + 2) << 8 | datagram.at(at + 3);
      if ((datagram.at(at) << 8 | datagram.at(at + 1)) == MESSAGE_INTEGRITY) {
        return length == HMAC_BYTES && at + 4 + HMAC_BYTES <= datagram.size()
            ? OptionalInt.of(at)
            : OptionalInt.empty();
      }
      at += 4 + padded(length);
    }
    return OptionalInt.empty();
  }

  private static Bytes value(ByteReader reader) throws MalformedBytesException {
    int length = reader.u16();
    Bytes value = reader.bytes(length);
    // RFC 8489 §14: padding may hold anything.
    reader.skip(padded(length) - length);
    return value;
  }

  private static StunAttribute attribute(int type, Bytes value, Bytes transactionId)
      throws MalformedBytesException {
    ByteReader reader = new ByteReader(value);
    StunAttribute read =
        switch (type) {
          case MAPPED_ADDRESS -> new StunAttribute.MappedAddress(address(reader, 0, Bytes.EMPTY));
          case XOR_MAPPED_ADDRESS ->
              new StunAttribute.XorMappedAddress(
                  address(reader, (int) (MAGIC_COOKIE >> 16), xorPad(transactionId)));
          case USERNAME ->
              new StunAttribute.Username(text(reader, StunAttribute.Username.MOST_BYTES));
          case ERROR_CODE -> errorCode(reader);
          case UNKNOWN_ATTRIBUTES -> unknownAttributes(reader);
          case PRIORITY -> new StunAttribute.Priority(reader.u32());
          case USE_CANDIDATE -> new StunAttribute.UseCandidate();
          case ICE_CONTROLLED -> new StunAttribute.IceControlled(reader.i64());
          case ICE_CONTROLLING -> new StunAttribute.IceControlling(reader.i64());
          case SOFTWARE ->
              new StunAttribute.Software(text(reader, StunAttribute.Software.MOST_BYTES));
          case CHANGE_REQUEST -> changeRequest(reader.u32());
          case RESPONSE_ORIGIN -> new StunAttribute.ResponseOrigin(address(reader, 0, Bytes.EMPTY));
          case OTHER_ADDRESS -> new StunAttribute.OtherAddress(address(reader, 0, Bytes.EMPTY));
          default -> new StunAttribute.Other(type, reader.rest());
        };
    reader.end();
    return read;
  }

  /** What is not UTF-8 becomes replacement characters, which may be longer: both are checked. */
  private static String text(ByteReader reader, int mostBytes) throws MalformedBytesException {
    Bytes raw = reader.rest();
    String text = raw.utf8();
    if (raw.size() > mostBytes || Bytes.ofUtf8(text).size() > mostBytes) {
      throw new MalformedBytesException("a text longer than " + mostBytes + " bytes");
    }
    return text;
  }

  /** RFC 5780 §7.2: the other bits may hold anything. */
  private static StunAttribute changeRequest(long flags) {
    return new StunAttribute.ChangeRequest(
        (flags & CHANGE_ADDRESS) != 0, (flags & CHANGE_PORT) != 0);
  }

  private static StunAttribute errorCode(ByteReader reader) throws MalformedBytesException {
    reader.skip(2);
    int hundreds = reader.u8() & 7;
    int rest = reader.u8();
    if (hundreds < 3 || hundreds > 6 || rest > 99) {
      throw new MalformedBytesException("not a STUN error code");
    }
    return new StunAttribute.ErrorCode(
        hundreds * 100 + rest, text(reader, StunAttribute.ErrorCode.MOST_REASON_BYTES));
  }

  private static StunAttribute unknownAttributes(ByteReader reader) throws MalformedBytesException {
    List<Integer> types = new ArrayList<>();
    while (reader.remaining() > 0) {
      types.add(reader.u16());
    }
    return new StunAttribute.UnknownAttributes(types);
  }

  private static InetSocketAddress address(ByteReader reader, int portPad, Bytes pad)
      throws MalformedBytesException {
    reader.skip(1);
    int family = reader.u8();
    if (family != IPV4 && family != IPV6) {
      throw new MalformedBytesException("address family " + family);
    }
    int port = reader.u16() ^ portPad;
    byte[] raw = reader.bytes(family == IPV4 ? 4 : 16).toArray();
    return new InetSocketAddress(inet(xor(raw, pad)), port);
  }

  private static InetAddress inet(byte[] raw) {
    try {
      return InetAddress.getByAddress(raw);
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** RFC 8489 §14.2: IPv4 uses the cookie, IPv6 the cookie and the transaction id. */
  private static Bytes xorPad(Bytes transactionId) {
    return new ByteWriter().u32(MAGIC_COOKIE).bytes(transactionId).toBytes();
  }

  private static byte[] xor(byte[] raw, Bytes pad) {
    for (int i = 0; i < raw.length && i < pad.size(); i++) {
      raw[i] ^= (byte) pad.at(i);
    }
    return raw;
  }

  private static Bytes header(StunMessage message, int bodyBytes) {
    return new ByteWriter()
        .u16(type(message.method(), message.kind()))
        .u16(bodyBytes)
        .u32(MAGIC_COOKIE)
        .bytes(message.transactionId())
        .toBytes();
  }

  private static Bytes withLength(Bytes message, int bodyBytes) {
    byte[] changed = message.toArray();
    changed[2] = (byte) (bodyBytes >> 8);
    changed[3] = (byte) bodyBytes;
    return Bytes.of(changed);
  }

  // RFC 8489 §5, figure 3: the class bits sit at 4 and 8, in the middle of the method.
  private static int type(int method, Kind kind) {
    return (method & 0xf80) << 2
        | (kind.bits & 2) << 7
        | (method & 0x70) << 1
        | (kind.bits & 1) << 4
        | (method & 0xf);
  }

  private static int method(int type) {
    return (type & 0x3e00) >> 2 | (type & 0xe0) >> 1 | (type & 0xf);
  }

  private static Kind kind(int type) {
    return switch ((type & 0x100) >> 7 | (type & 0x10) >> 4) {
      case 0 -> Kind.REQUEST;
      case 1 -> Kind.INDICATION;
      case 2 -> Kind.SUCCESS;
      default -> Kind.ERROR;
    };
  }

  private static int padded(int length) {
    return (length + 3) & ~3;
  }

  private static void checkFingerprint(Bytes before, Bytes value) throws MalformedBytesException {
    Bytes summed = withLength(before, before.size() + 8 - HEADER_BYTES);
    if (value.size() != 4 || new ByteReader(value).u32() != fingerprint(summed)) {
      throw new MalformedBytesException("the fingerprint is wrong");
    }
  }

  private static long fingerprint(Bytes summed) {
    CRC32 crc = new CRC32();
    crc.update(summed.toBuffer());
    return (crc.getValue() ^ FINGERPRINT_XOR) & 0xffff_ffffL;
  }

  private static Bytes hmac(Bytes signed, Bytes key) {
    try {
      Mac mac = Mac.getInstance("HmacSHA1");
      mac.init(new SecretKeySpec(key.toArray(), "HmacSHA1"));
      return Bytes.of(mac.doFinal(signed.toArray()));
    } catch (GeneralSecurityException broken) {
      throw new IllegalStateException(broken);
    }
  }

  private static void write(ByteWriter out, Field field) {
    int size = field.value().size();
    out.u16(field.type()).u16(size).bytes(field.value());
    for (int i = size; i < padded(size); i++) {
      out.u8(0);
    }
  }

  /** An attribute on its way out. */
  private record Field(int type, Bytes value) {}

  /** Turns attributes into fields. */
  private record Encoder(Bytes transactionId) implements StunAttribute.Visitor<Field> {
    @Override
    public Field visit(StunAttribute.XorMappedAddress attribute) {
      InetSocketAddress address = attribute.address();
      byte[] raw = xor(address.getAddress().getAddress(), xorPad(transactionId));
      return address(XOR_MAPPED_ADDRESS, raw, address.getPort() ^ (int) (MAGIC_COOKIE >> 16));
    }

    @Override
    public Field visit(StunAttribute.MappedAddress attribute) {
      return plainAddress(MAPPED_ADDRESS, attribute.address());
    }

    @Override
    public Field visit(StunAttribute.Username attribute) {
      return new Field(USERNAME, Bytes.ofUtf8(attribute.name()));
    }

    @Override
    public Field visit(StunAttribute.ErrorCode attribute) {
      ByteWriter value = new ByteWriter().u16(0);
      value.u8(attribute.code() / 100).u8(attribute.code() % 100);
      return new Field(ERROR_CODE, value.bytes(Bytes.ofUtf8(attribute.reason())).toBytes());
    }

    @Override
    public Field visit(StunAttribute.UnknownAttributes attribute) {
      ByteWriter value = new ByteWriter();
      attribute.types().forEach(value::u16);
      return new Field(UNKNOWN_ATTRIBUTES, value.toBytes());
    }

    @Override
    public Field visit(StunAttribute.Priority attribute) {
      return new Field(PRIORITY, new ByteWriter().u32(attribute.value()).toBytes());
    }

    @Override
    public Field visit(StunAttribute.UseCandidate attribute) {
      return new Field(USE_CANDIDATE, Bytes.EMPTY);
    }

    @Override
    public Field visit(StunAttribute.IceControlled attribute) {
      return new Field(ICE_CONTROLLED, new ByteWriter().i64(attribute.tieBreaker()).toBytes());
    }

    @Override
    public Field visit(StunAttribute.IceControlling attribute) {
      return new Field(ICE_CONTROLLING, new ByteWriter().i64(attribute.tieBreaker()).toBytes());
    }

    @Override
    public Field visit(StunAttribute.Software attribute) {
      return new Field(SOFTWARE, Bytes.ofUtf8(attribute.description()));
    }

    @Override
    public Field visit(StunAttribute.ChangeRequest attribute) {
      int flags = (attribute.address() ? CHANGE_ADDRESS : 0) | (attribute.port() ? CHANGE_PORT : 0);
      return new Field(CHANGE_REQUEST, new ByteWriter().u32(flags).toBytes());
    }

    @Override
    public Field visit(StunAttribute.ResponseOrigin attribute) {
      return plainAddress(RESPONSE_ORIGIN, attribute.address());
    }

    @Override
    public Field visit(StunAttribute.OtherAddress attribute) {
      return plainAddress(OTHER_ADDRESS, attribute.address());
    }

    @Override
    public Field visit(StunAttribute.Other attribute) {
      return new Field(attribute.type(), attribute.value());
    }

    private static Field plainAddress(int type, InetSocketAddress address) {
      return address(type, address.getAddress().getAddress(), address.getPort());
    }

    private static Field address(int type, byte[] raw, int port) {
      ByteWriter value = new ByteWriter().u8(0).u8(raw.length == 4 ? IPV4 : IPV6).u16(port);
      return new Field(type, value.bytes(Bytes.of(raw)).toBytes());
    }
  }
}
