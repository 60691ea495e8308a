// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Optional;

/**
 * Where a client's connection comes from, as far as that says something about the client: nothing
 * does when it comes by way of this host, as behind a front.
 *
 * @param site IPv4 /24 or IPv6 /48: one owner, more or less
 * @param network IPv4 /16 or IPv6 /32: what may fail together
 */
record Origin(Optional<Prefix> site, Optional<Prefix> network) {
  static final Origin UNKNOWN = new Origin(Optional.empty(), Optional.empty());

  /** The first bits of an address; those behind them are 0. */
  record Prefix(boolean ipv6, long bits) {}

  static Origin of(SocketAddress remote) {
    if (!(remote instanceof InetSocketAddress internet)
        || internet.getAddress().isLoopbackAddress()) {
      return UNKNOWN;
    }
    boolean ipv6 = !(internet.getAddress() instanceof Inet4Address);
    return new Origin(
        Optional.of(prefix(internet.getAddress(), ipv6, ipv6 ? 6 : 3)),
        Optional.of(prefix(internet.getAddress(), ipv6, ipv6 ? 4 : 2)));
  }

  private static Prefix prefix(InetAddress address, boolean ipv6, int bytes) {
    long bits = 0;
    for (int i = 0; i < bytes; i++) {
      bits = bits << 8 | (address.getAddress()[i] & 0xff);
    }
    return new Prefix(ipv6, bits);
  }
}
