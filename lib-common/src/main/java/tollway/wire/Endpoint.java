// SPDX-License-Identifier: Apache-2.0
package tollway.wire;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tollway.bytes.Bytes;

/**
 * A UDP address at which a direct neighbour can be reached. {@code zone} names the interface of a
 * link-local address and is empty otherwise, or when nobody said which.
 */
public record Endpoint(Bytes address, String zone, int port) {
  /** IFNAMSIZ less its terminating zero. */
  private static final int ZONE_LIMIT = 15;

  public Endpoint {
    String fault = fault(address, zone, port);
    if (fault != null) {
      throw new IllegalArgumentException(fault);
    }
  }

  /** Without the scope that {@code socket} may have: name the interface with {@link #inZone}. */
  public static Endpoint of(InetSocketAddress socket) {
    return new Endpoint(Bytes.of(socket.getAddress().getAddress()), "", socket.getPort());
  }

  /** The canonical text, and no other: {@code 192.0.2.1:8481}, {@code [fe80::1%eth0]:8481}. */
  public static Endpoint parse(String text) throws MalformedMessageException {
    Endpoint endpoint = text.startsWith("[") ? parse6(text) : parse4(text);
    if (!endpoint.toString().equals(text)) {
      throw bad("'" + text + "' is not in canonical form: write " + endpoint);
    }
    return endpoint;
  }

  private static Endpoint parse4(String text) throws MalformedMessageException {
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw bad("'" + text + "' has no port, or is no IP address");
    }
    Optional<Bytes> address = IpText.parse4(text.substring(0, colon));
    return checked(text, address, "", text.substring(colon + 1));
  }

  private static Endpoint parse6(String text) throws MalformedMessageException {
    int end = text.indexOf("]:");
    if (end < 0) {
      throw bad("'" + text + "' has no port");
    }
    int percent = text.indexOf('%');
    boolean zoned = percent > 0 && percent < end;
    String zone = zoned ? text.substring(percent + 1, end) : "";
    if (zoned && zone.isEmpty()) {
      throw bad("'" + text + "' has an empty zone");
    }
    Optional<Bytes> address = IpText.parse6(text.substring(1, zoned ? percent : end));
    return checked(text, address, zone, text.substring(end + 2));
  }

  private static Endpoint checked(String text, Optional<Bytes> address, String zone, String port)
      throws MalformedMessageException {
    if (address.isEmpty()) {
      throw bad("'" + text + "' is no IP address and port");
    }
    int number = IpText.decimal(port, 0xffff);
    if (number < 0) {
      throw bad("'" + port + "' is not a port");
    }
    String fault = fault(address.get(), zone, number);
    if (fault != null) {
      throw bad(fault);
    }
    return new Endpoint(address.get(), zone, number);
  }

  private static MalformedMessageException bad(String why) {
    return new MalformedMessageException(Fault.BAD_ADDRESS, why);
  }

  private static @Nullable String fault(Bytes address, String zone, int port) {
    if (address.size() != 4 && address.size() != 16) {
      return "an IP address has 4 or 16 bytes";
    }
    if (port < 1 || port > 0xffff) {
      return "a port is between 1 and 65535";
    }
    if (!zone.isEmpty() && !linkLocal6(address)) {
      return "only a link-local IPv6 address has a zone";
    }
    if (zone.length() > ZONE_LIMIT || zone.chars().anyMatch(Endpoint::notInNames)) {
      return "the zone is not an interface name";
    }
    boolean usable = address.size() == 4 ? usable4(address) : usable6(address);
    return usable ? null : "no neighbour can be at " + IpText.format(address);
  }

  /** Neither "this network", loopback, multicast, reserved nor broadcast (RFC 6890 §2.2.2). */
  private static boolean usable4(Bytes address) {
    int first = address.at(0);
    return first != 0 && first != 127 && first < 224;
  }

  /** Neither multicast nor in ::/80, where loopback, "any" and embedded IPv4 are. */
  private static boolean usable6(Bytes address) {
    for (int i = 0; i < 10; i++) {
      if (address.at(i) != 0) {
        return address.at(0) != 0xff;
      }
    }
    return false;
  }

  private static boolean notInNames(int c) {
    return c <= ' ' || c >= 0x7f || c == '/' || c == '%' || c == ']' || c == ':';
  }

  private static boolean linkLocal6(Bytes address) {
    return address.size() == 16 && address.at(0) == 0xfe && (address.at(1) & 0xc0) == 0x80;
  }

  /** Whether the address means something on one link only (RFC 4291 §2.5.6). */
  public boolean isLinkLocal() {
    return linkLocal6(address);
  }

  /** A link-local address on the given interface; any other address as it is. */
  public Endpoint inZone(String interfaceName) {
    return isLinkLocal() ? new Endpoint(address, interfaceName, port) : this;
  }

  /** For sending; {@code interfaceIndex} scopes a link-local address. */
  public InetSocketAddress toSocketAddress(int interfaceIndex) {
    try {
      InetAddress ip =
          isLinkLocal()
              ? Inet6Address.getByAddress(null, address.toArray(), interfaceIndex)
              : InetAddress.getByAddress(address.toArray());
      return new InetSocketAddress(ip, port);
    } catch (UnknownHostException wrongSize) {
      throw new IllegalStateException(wrongSize);
    }
  }

  /** The canonical text. */
  @Override
  public String toString() {
    String ip = IpText.format(address);
    if (address.size() == 4) {
      return ip + ":" + port;
    }
    return "[" + ip + (zone.isEmpty() ? "" : "%" + zone) + "]:" + port;
  }
}
