// SPDX-License-Identifier: Apache-2.0
package tollway.capture;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import tollway.bytes.ByteReader;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;

/** Takes a recorded packet apart, down to the UDP datagram in it. */
public final class Dissector {
  private static final int IPV4 = 0x0800;
  private static final int IPV6 = 0x86dd;

  /** A tag names the type of what follows it; nobody nests more (IEEE 802.1Q, 802.1ad). */
  private static final int TAG_LIMIT = 4;

  private static final int UDP = 17;
  private static final int EXTENSION_LIMIT = 8;

  private final long missing;

  private Dissector(long missing) {
    this.missing = missing;
  }

  /** Never fails: what cannot be read is an {@link Finding.Other}. */
  public static Finding dissect(CapturedPacket packet) {
    Dissector dissector = new Dissector(packet.missing());
    try {
      return dissector.link(packet.layer(), packet.bytes());
    } catch (MalformedBytesException tooShort) {
      return new Finding.Other(
          packet.missing() > 0 ? "cut off within its headers" : "too short for its headers");
    }
  }

  private Finding link(LinkLayer layer, Bytes bytes) throws MalformedBytesException {
    ByteReader in = new ByteReader(bytes);
    if (layer.equals(LinkLayer.UNTOLD)) {
      return untold(bytes);
    }
    if (layer.equals(LinkLayer.ETHERNET)) {
      in.skip(12);
      return network(in.u16(), in);
    }
    if (layer.equals(LinkLayer.LINUX_COOKED)) {
      in.skip(14);
      return network(in.u16(), in);
    }
    if (layer.equals(LinkLayer.LINUX_COOKED_2)) {
      int protocol = in.u16();
      in.skip(18);
      return network(protocol, in);
    }
    if (layer.equals(LinkLayer.BSD_LOOPBACK) || layer.equals(LinkLayer.OPENBSD_LOOPBACK)) {
      in.skip(4);
      return ip(in);
    }
    if (layer.equals(LinkLayer.RAW_IP)
        || layer.equals(LinkLayer.RAW_IPV4)
        || layer.equals(LinkLayer.RAW_IPV6)) {
      return ip(in);
    }
    return new Finding.Other("link type " + layer.number() + " is not read here");
  }

  /** An IP packet, a frame with one, or else the datagram's own bytes. */
  private Finding untold(Bytes bytes) throws MalformedBytesException {
    if (looksLikeIp(bytes, 0)) {
      return ip(new ByteReader(bytes));
    }
    if (bytes.size() > 14) {
      int type = bytes.at(12) << 8 | bytes.at(13);
      if (isTag(type) || ((type == IPV4 || type == IPV6) && looksLikeIp(bytes, 14))) {
        return link(LinkLayer.ETHERNET, bytes);
      }
    }
    return new Finding.Datagram(Optional.empty(), bytes);
  }

  private static boolean looksLikeIp(Bytes bytes, int from) {
    int size = bytes.size() - from;
    if (size >= 20 && bytes.at(from) >> 4 == 4) {
      int total = bytes.at(from + 2) << 8 | bytes.at(from + 3);
      return total >= 20 && total <= size;
    }
    if (size >= 40 && bytes.at(from) >> 4 == 6) {
      return 40 + (bytes.at(from + 4) << 8 | bytes.at(from + 5)) <= size;
    }
    return false;
  }

  private static boolean isTag(int type) {
    return type == 0x8100 || type == 0x88a8 || type == 0x9100;
  }

  private Finding network(int protocol, ByteReader in) throws MalformedBytesException {
    int type = protocol;
    for (int tags = 0; isTag(type); tags++) {
      if (tags == TAG_LIMIT) {
        return new Finding.Other("more than " + TAG_LIMIT + " VLAN tags");
      }
      in.skip(2);
      type = in.u16();
    }
    return type == IPV4 || type == IPV6
        ? ip(in)
        : new Finding.Other("protocol 0x%04x, not IP".formatted(type));
  }

  private Finding ip(ByteReader in) throws MalformedBytesException {
    int first = in.u8();
    return switch (first >> 4) {
      case 4 -> ip4(4 * (first & 0xf), in);
      case 6 -> ip6(in);
      default -> new Finding.Other("version " + (first >> 4) + " of IP");
    };
  }

  /** RFC 791 §3.1; the first byte is read. */
  private Finding ip4(int headerSize, ByteReader in) throws MalformedBytesException {
    in.skip(1);
    int total = in.u16();
    in.skip(2);
    int fragment = in.u16();
    in.skip(1);
    int protocol = in.u8();
    in.skip(2);
    InetAddress source = address(in.bytes(4));
    InetAddress destination = address(in.bytes(4));
    if (headerSize < 20 || total < headerSize) {
      return new Finding.Other("an IPv4 header that cannot be");
    }
    in.skip(headerSize - 20);
    if ((fragment & 0x3fff) != 0) {
      return fragment((fragment & 0x1fff) * 8);
    }
    return protocol == UDP
        ? udp(source, destination, total - headerSize, in)
        : new Finding.Other("protocol " + protocol + ", not UDP");
  }

  /** RFC 8200 §3 and §4; the first byte is read. */
  private Finding ip6(ByteReader in) throws MalformedBytesException {
    in.skip(3);
    int left = in.u16();
    int next = in.u8();
    in.skip(1);
    InetAddress source = address(in.bytes(16));
    InetAddress destination = address(in.bytes(16));
    for (int headers = 0; headers <= EXTENSION_LIMIT; headers++) {
      if (next == UDP) {
        return udp(source, destination, left, in);
      }
      int size;
      int after;
      switch (next) {
        case 0, 43, 60 -> { // Hop-by-hop, routing, destination options.
          after = in.u8();
          size = 8 * (in.u8() + 1);
        }
        case 51 -> { // Authentication (RFC 4302 §2.2).
          after = in.u8();
          size = 4 * (in.u8() + 2);
        }
        case 44 -> {
          after = in.u8();
          in.skip(1);
          int fragment = in.u16();
          if ((fragment & 0xfff9) != 0) {
            return fragment(fragment & 0xfff8);
          }
          in.skip(4); // An atomic fragment is whole (RFC 6946).
          left -= 8;
          next = after;
          continue;
        }
        default -> {
          return new Finding.Other("protocol " + next + ", not UDP");
        }
      }
      in.skip(size - 2);
      left -= size;
      next = after;
    }
    return new Finding.Other("more than " + EXTENSION_LIMIT + " extension headers");
  }

  private static Finding fragment(int offset) {
    return new Finding.Fragment(
        offset == 0
            ? "the first part of an IP packet"
            : "a part of an IP packet, from byte " + offset);
  }

  /** RFC 768. The checksum is not looked at: a sender's own recording often lacks it. */
  private Finding udp(InetAddress source, InetAddress destination, int left, ByteReader in)
      throws MalformedBytesException {
    int from = in.u16();
    int to = in.u16();
    int length = in.u16();
    in.skip(2);
    Finding.Ends ends =
        new Finding.Ends(
            new InetSocketAddress(source, from), new InetSocketAddress(destination, to));
    if (length < 8 || length > left) {
      return new Finding.Other("a UDP length of " + length + " in " + left + " bytes");
    }
    int size = length - 8;
    if (size <= in.remaining()) {
      return new Finding.Datagram(Optional.of(ends), in.bytes(size));
    }
    if (missing == 0) {
      return new Finding.Other("a UDP length of " + length + " beyond the end of its packet");
    }
    int lacking = size - in.remaining();
    return new Finding.CutDatagram(ends, in.rest(), lacking);
  }

  private static InetAddress address(Bytes bytes) {
    try {
      return InetAddress.getByAddress(bytes.toArray());
    } catch (UnknownHostException wrongSize) {
      throw new IllegalStateException(wrongSize);
    }
  }
}
