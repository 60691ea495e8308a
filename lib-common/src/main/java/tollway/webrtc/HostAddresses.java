// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The addresses of this host that a peer might reach. */
final class HostAddresses {
  /** A host with more has them for other purposes, and every one costs a socket per peer. */
  static final int MOST = 16;

  private static final Logger log = LoggerFactory.getLogger(HostAddresses.class);

  private HostAddresses() {}

  /** The usable ones, best first: families in turn (RFC 8421 §4), loopback last. */
  static List<InetAddress> usable(IceConfig config) {
    List<InetAddress> ipv6 = new ArrayList<>();
    List<InetAddress> ipv4 = new ArrayList<>();
    List<InetAddress> loopback = new ArrayList<>();
    for (InetAddress address : all()) {
      if (address.isLoopbackAddress()) {
        if (config.includeLoopback()) {
          loopback.add(address);
        }
      } else if (address instanceof Inet4Address) {
        ipv4.add(address);
      } else if (isUsable((Inet6Address) address, config)) {
        ipv6.add(address);
      }
    }
    List<InetAddress> ordered = new ArrayList<>();
    for (int i = 0; i < Math.max(ipv6.size(), ipv4.size()); i++) {
      if (i < ipv6.size()) {
        ordered.add(ipv6.get(i));
      }
      if (i < ipv4.size()) {
        ordered.add(ipv4.get(i));
      }
    }
    ordered.addAll(loopback);
    if (ordered.size() > MOST) {
      log.debug("{} local addresses, of which {} are used", ordered.size(), MOST);
    }
    return ordered.subList(0, Math.min(MOST, ordered.size()));
  }

  /** RFC 8445 §5.1.1.1: no site-local and no IPv4-compatible addresses. */
  private static boolean isUsable(Inet6Address address, IceConfig config) {
    return !address.isSiteLocalAddress()
        && !address.isIPv4CompatibleAddress()
        && (config.includeLinkLocal() || !address.isLinkLocalAddress());
  }

  private static List<InetAddress> all() {
    List<InetAddress> all = new ArrayList<>();
    try {
      Enumeration<NetworkInterface> interfaces = NetworkInterface.getNetworkInterfaces();
      while (interfaces.hasMoreElements()) {
        NetworkInterface network = interfaces.nextElement();
        if (isUp(network)) {
          network.inetAddresses().filter(address -> !address.isAnyLocalAddress()).forEach(all::add);
        }
      }
    } catch (SocketException refused) {
      log.warn("cannot list the network interfaces: {}", refused.getMessage());
    }
    return all;
  }

  private static boolean isUp(NetworkInterface network) {
    try {
      return network.isUp();
    } catch (SocketException gone) {
      log.debug("{} vanished: {}", network.getName(), gone.getMessage());
      return false;
    }
  }
}
