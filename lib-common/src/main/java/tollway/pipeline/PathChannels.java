// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import tollway.webrtc.ChannelOptions;
import tollway.webrtc.PeerConfig;

/** How the data channel between a desktop and a volunteer is made. */
final class PathChannels {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(20);

  private PathChannels() {}

  static PeerConfig config(List<InetSocketAddress> stun, UdpPorts ports, boolean includeLoopback) {
    return PeerConfig.defaults()
        .withStunServers(stun)
        .withLoopback(includeLoopback)
        .withPorts(ports.least(), ports.most())
        // QUIC repeats what is lost; a channel that did so too would only hold up the rest.
        .withChannel(ChannelOptions.unreliable("tollway-path"))
        .withConnectTimeout(CONNECT_TIMEOUT);
  }
}
