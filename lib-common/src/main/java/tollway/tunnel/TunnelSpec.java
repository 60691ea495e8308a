// SPDX-License-Identifier: Apache-2.0
package tollway.tunnel;

import java.util.Optional;

/** A tunnel as we want it; without a peer it listens and answers nobody. */
public record TunnelSpec(
    TunnelDevice device, TunnelKeys keys, int port, Optional<TunnelPeer> peer) {
  /** Keeps NAT bindings and the handshake fresh, in seconds. */
  public static final int KEEPALIVE_SECONDS = 25;

  public TunnelSpec {
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("not a port: " + port);
    }
  }

  public String name() {
    return device.name();
  }

  public TunnelSpec withPeer(TunnelPeer other) {
    return new TunnelSpec(device, keys, port, Optional.of(other));
  }
}
