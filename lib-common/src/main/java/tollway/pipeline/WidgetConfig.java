// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.net.URI;
import java.util.List;
import java.util.stream.Stream;
import tollway.identity.NodeId;
import tollway.reach.ReachConfig;

/**
 * What a volunteer was told.
 *
 * @param invites the egresses to relay to; their freddies are where people are met
 * @param reach how it gets to freddies
 * @param via how it gets on to them
 * @param limits what the volunteer gives, at the start
 * @param tag a name for people to see, may be empty
 * @param roots who may vouch for egresses that are reached by TLS
 * @param ports where its data channels are
 * @param mapPorts whether the router at home is asked to let people in
 * @param includeLoopback whether loopback addresses are candidates, for one host
 * @param stun which STUN servers are asked
 */
public record WidgetConfig(
    List<Invite> invites,
    ReachConfig reach,
    WidgetVia via,
    WidgetLimits limits,
    String tag,
    TrustedRoots roots,
    UdpPorts ports,
    boolean mapPorts,
    boolean includeLoopback,
    StunChoice stun) {
  public WidgetConfig {
    invites = List.copyOf(invites);
  }

  List<NodeId> egresses() {
    return invites.stream().map(Invite::egress).distinct().sorted().toList();
  }

  List<URI> freddies() {
    return invites.stream().flatMap(invite -> invite.freddies().stream()).distinct().toList();
  }

  Stream<String> stunServers() {
    return invites.stream().flatMap(invite -> invite.stunServers().stream());
  }
}
