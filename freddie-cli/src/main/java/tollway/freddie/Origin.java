// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Optional;

/**
 * Where a client's connection comes from, as far as that says something about the client: nothing
 * does when it comes by way of a front on this host or in a private network.
 *
 * @param site IPv4 /24 or IPv6 /48: one owner, more or less
 * @param network IPv4 /16 or IPv6 /32: what may fail together
 */
record Origin(Optional<Prefix> site, Optional<Prefix> network) {
  static final Origin UNKNOWN = new Origin(Optional.empty(), Optional.empty());

  /** The first bits of an address; those behind them are 0. */
  record Prefix(boolean ipv6, long bits) {}

  static Origin of(SocketAddress remote) {
    return address(remote)
        .map(
            address -> {
              boolean ipv6 = !(address instanceof Inet4Address);
              return new Origin(
                  Optional.of(prefix(address, ipv6, ipv6 ? 6 : 3)),
                  Optional.of(prefix(address, ipv6, ipv6 ? 4 : 2)));
            })
        .orElse(UNKNOWN);
  }

  /** The client's own; none from this machine or a private network, which are a front's. */
  static Optional<InetAddress> address(SocketAddress remote) {
    return remote instanceof InetSocketAddress known && !isFront(known.getAddress())
        ? Optional.of(known.getAddress())
        : Optional.empty();
  }

  /** Whether it is of this machine or a private network: from there a front speaks for many. */
  static boolean isFront(InetAddress address) {
    boolean uniqueLocal = // RFC 4193 §3.1.
        address.getAddress().length == 16 && (address.getAddress()[0] & 0xfe) == 0xfc;
    return address.isLoopbackAddress()
        || address.isSiteLocalAddress()
        || address.isLinkLocalAddress()
        || uniqueLocal;
  }

  private static Prefix prefix(InetAddress address, boolean ipv6, int bytes) {
    long bits = 0;
    for (int i = 0; i < bytes; i++) {
      bits = bits << 8 | (address.getAddress()[i] & 0xff);
    }
    return new Prefix(ipv6, bits);
  }
}
