// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tollway.firewall.ReversePath;
import tollway.identity.Identity;
import tollway.neighbor.NeighborhoodConfig;
import tollway.tunnel.TunnelBackends;
import tollway.tunnel.TunnelPorts;

/**
 * How a daemon runs. {@code interfaces} may hold {@code *}; {@code addresses} are this node's own
 * inside the mesh; {@code hook} is told of tunnels that come and go; {@code rotation}: after how
 * long a tunnel gets fresh keys.
 */
record RunConfig(
    Identity identity,
    List<String> interfaces,
    Path control,
    Path state,
    TunnelPorts ports,
    TunnelBackends.Choice backend,
    List<InetAddress> addresses,
    Optional<Path> hook,
    Optional<Duration> rotation,
    Optional<InetSocketAddress> metrics,
    NeighborhoodConfig neighborhood,
    ReversePath reversePath,
    TrustConfig trust,
    SharesConfig shares,
    Duration receiptPeriod) {
  RunConfig {
    interfaces = List.copyOf(interfaces);
    addresses = List.copyOf(addresses);
  }
}
