// SPDX-License-Identifier: Apache-2.0
package tollway.tunnel;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.util.Set;

/** The UDP ports that tunnels may listen on, first to last. */
public record TunnelPorts(int first, int last) {
  public TunnelPorts {
    if (first < 1 || last > 65535 || first > last) {
      throw new IllegalArgumentException("not a range of ports: " + first + "-" + last);
    }
  }

  /** A port that is free for IPv4 and IPv6 now and not in {@code taken}. */
  public int free(Set<Integer> taken) throws IOException {
    for (int port = first; port <= last; port++) {
      if (!taken.contains(port) && isFree(port)) {
        return port;
      }
    }
    throw new IOException("no free UDP port from " + first + " to " + last);
  }

  private static boolean isFree(int port) throws IOException {
    return binds(StandardProtocolFamily.INET, "0.0.0.0", port)
        && binds(StandardProtocolFamily.INET6, "::", port);
  }

  private static boolean binds(StandardProtocolFamily family, String any, int port)
      throws IOException {
    try (DatagramChannel channel = DatagramChannel.open(family)) {
      channel.bind(new InetSocketAddress(any, port));
      return true;
    } catch (BindException taken) {
      return false;
    }
  }
}
