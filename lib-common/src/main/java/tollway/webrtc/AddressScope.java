// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** From how far away an address can be reached; decides what a peer may make us send to. */
enum AddressScope {
  PUBLIC,
  PRIVATE,
  LOOPBACK,
  /** Multicast, unspecified, broadcast and reserved addresses: never a peer. */
  NOWHERE;

  static AddressScope of(InetAddress address) {
    if (address.isAnyLocalAddress() || address.isMulticastAddress()) {
      return NOWHERE;
    }
    if (address.isLoopbackAddress()) {
      return LOOPBACK;
    }
    byte[] raw = address.getAddress();
    return address instanceof Inet4Address
        ? ofIpv4(raw[0] & 0xff, raw[1] & 0xff)
        : ofIpv6(address, raw[0] & 0xff);
  }

  /**
   * RFC 6890: 0/8 is nobody, 240/4 reserved; 10/8, 100.64/10, 169.254/16, 172.16/12, 192.168/16.
   */
  private static AddressScope ofIpv4(int first, int second) {
    if (first == 0 || first >= 240) {
      return NOWHERE;
    }
    boolean local =
        first == 10
            || (first == 100 && (second & 0xc0) == 64)
            || (first == 169 && second == 254)
            || (first == 172 && (second & 0xf0) == 16)
            || (first == 192 && second == 168);
    return local ? PRIVATE : PUBLIC;
  }

  /** fc00::/7 (RFC 4193), fe80::/10 and the deprecated fec0::/10. */
  private static AddressScope ofIpv6(InetAddress address, int first) {
    boolean local =
        (first & 0xfe) == 0xfc || address.isLinkLocalAddress() || address.isSiteLocalAddress();
    return local ? PRIVATE : PUBLIC;
  }

  /** Whether the config lets us try a peer there. */
  static boolean allows(IceConfig.RemoteAddresses allowed, InetSocketAddress remote) {
    if (remote.getPort() == 0) {
      return false;
    }
    return switch (of(remote.getAddress())) {
      case PUBLIC -> true;
      case PRIVATE -> allowed != IceConfig.RemoteAddresses.PUBLIC;
      case LOOPBACK -> allowed == IceConfig.RemoteAddresses.LOOPBACK;
      case NOWHERE -> false;
    };
  }
}
