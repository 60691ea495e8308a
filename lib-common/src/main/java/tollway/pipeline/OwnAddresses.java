// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The addresses of this host's interfaces, read again by {@link #refresh}. Any thread. */
public final class OwnAddresses {
  private static final Logger log = LoggerFactory.getLogger(OwnAddresses.class);

  private volatile Set<InetAddress> known = Set.of();

  /** Asks the system; costs some system calls for each interface. */
  public void refresh() {
    try {
      Set<InetAddress> found = new HashSet<>();
      NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .map(OwnAddresses::withoutZone)
          .forEach(found::add);
      known = Set.copyOf(found);
    } catch (SocketException unreadable) {
      log.warn("cannot read this host's addresses: {}", unreadable.getMessage());
    }
  }

  public boolean contains(InetAddress address) {
    return known.contains(withoutZone(address));
  }

  private static InetAddress withoutZone(InetAddress address) {
    try {
      return InetAddress.getByAddress(address.getAddress());
    } catch (java.net.UnknownHostException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
