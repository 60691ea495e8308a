// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.time.Duration;
import tollway.stun.StunCohort;
import tollway.webrtc.PeerConfig;

/** How the data channel to or from a volunteer is made, but for what it is called. */
final class PathChannels {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(20);

  private PathChannels() {}

  static PeerConfig config(StunCohort stun, UdpPorts ports, boolean includeLoopback) {
    return PeerConfig.defaults()
        .withStun(stun)
        .withLoopback(includeLoopback)
        .withPorts(ports.least(), ports.most())
        .withConnectTimeout(CONNECT_TIMEOUT);
  }
}
