// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.time.Duration;
import java.util.List;
import tollway.stun.StunCohort;
import tollway.webrtc.PeerConfig;
import tollway.webrtc.dtls.HelloProfile;

/** How the data channel to or from a volunteer is made, but for what it is called. */
final class PathChannels {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(20);

  private PathChannels() {}

  static PeerConfig config(
      StunCohort stun, UdpPorts ports, boolean includeLoopback, List<HelloProfile> hellos) {
    return PeerConfig.defaults()
        .withStun(stun)
        .withLoopback(includeLoopback)
        .withPorts(ports.least(), ports.most())
        .withConnectTimeout(CONNECT_TIMEOUT)
        .withHellos(hellos);
  }
}
