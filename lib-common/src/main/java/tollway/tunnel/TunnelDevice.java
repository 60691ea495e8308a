// SPDX-License-Identifier: Apache-2.0
package tollway.tunnel;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The network interface of a tunnel. The kernel keeps {@code alias} with it: there a later run
 * reads whose tunnel it was.
 */
public record TunnelDevice(String name, String alias, int mtu, List<InetAddress> addresses) {
  /** What the kernel takes, less what would confuse {@code ip} or a reader. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,15}");

  private static final Pattern ALIAS = Pattern.compile("[A-Za-z0-9+/=:._@-]{1,200}");

  /** IPv6 asks for it (RFC 8200 §5). */
  private static final int SMALLEST_MTU = 1280;

  public TunnelDevice {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("not an interface name: " + name);
    }
    if (!ALIAS.matcher(alias).matches()) {
      throw new IllegalArgumentException("not an interface alias: " + alias);
    }
    mtu = Math.max(SMALLEST_MTU, mtu);
    for (InetAddress address : addresses) {
      if (address instanceof Inet6Address six && six.getScopeId() != 0) {
        throw new IllegalArgumentException("the zone of " + address + " is not for us to say");
      }
    }
    addresses = List.copyOf(addresses);
  }
}
