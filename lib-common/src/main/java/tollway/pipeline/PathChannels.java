// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import tollway.webrtc.PeerConfig;

/** How the data channel to or from a volunteer is made, but for what it is called. */
final class PathChannels {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(20);

  private PathChannels() {}

  static PeerConfig config(List<InetSocketAddress> stun, UdpPorts ports, boolean includeLoopback) {
    return PeerConfig.defaults()
        .withStunServers(stun)
        .withLoopback(includeLoopback)
        .withPorts(ports.least(), ports.most())
        .withConnectTimeout(CONNECT_TIMEOUT);
  }
}
