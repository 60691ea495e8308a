// SPDX-License-Identifier: Apache-2.0
package tollway.tunnel;

import java.net.InetSocketAddress;

/** The other end of a tunnel: its key, and where to send to it first. */
public record TunnelPeer(TunnelKey key, InetSocketAddress endpoint) {
  public TunnelPeer {
    if (endpoint.isUnresolved() || endpoint.getPort() == 0) {
      throw new IllegalArgumentException("an endpoint has an address and a port");
    }
  }
}
