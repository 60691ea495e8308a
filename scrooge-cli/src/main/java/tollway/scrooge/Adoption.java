// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tollway.identity.NodeId;
import tollway.link.LinkConfig;
import tollway.link.LinkInterface;
import tollway.neighbor.NeighborId;
import tollway.neighbor.Neighborhood;
import tollway.neighbor.TunnelEnd;
import tollway.tunnel.TunnelKey;
import tollway.tunnel.TunnelPeer;
import tollway.tunnel.TunnelSpec;
import tollway.tunnel.TunnelStatus;
import tollway.tunnel.Tunnels;
import tollway.wire.Endpoint;

/**
 * Takes over the tunnels that a killed daemon left: those that still shake hands go on without
 * losing a packet, the others are removed.
 */
final class Adoption {
  private static final Logger log = LoggerFactory.getLogger(Adoption.class);

  private final NodeId self;
  private final Tunnels tunnels;
  private final TunnelKeeper keeper;
  private final Neighborhood neighborhood;

  Adoption(NodeId self, Tunnels tunnels, TunnelKeeper keeper, Neighborhood neighborhood) {
    this.self = self;
    this.tunnels = tunnels;
    this.keeper = keeper;
    this.neighborhood = neighborhood;
  }

  /** {@code links}: where we still look for neighbours. */
  void run(List<LinkInterface> links) throws IOException {
    for (Tunnels.Leftover leftover : tunnels.leftovers()) {
      if (adopts(leftover, links)) {
        log.info("took over the tunnel {}", leftover.name());
      } else {
        log.info("removing the old tunnel {}", leftover.name());
        tunnels.remove(leftover.name());
      }
    }
  }

  private boolean adopts(Tunnels.Leftover leftover, List<LinkInterface> links) {
    Optional<NeighborId> id = TunnelAlias.parse(self, leftover.alias());
    if (id.isEmpty()
        || leftover.status().isEmpty()
        || !leftover.name().equals(keeper.name(id.get()))) {
      return false;
    }
    Optional<LinkInterface> on =
        links.stream().filter(link -> link.name().equals(id.get().link())).findFirst();
    return on.isPresent() && adopts(id.get(), leftover.status().get(), on.get());
  }

  private boolean adopts(NeighborId id, TunnelStatus status, LinkInterface on) {
    if (status.peer().isEmpty()
        || status.endpoint().isEmpty()
        || status.lastHandshake().isEmpty()) {
      return false;
    }
    TunnelKey peerKey = status.peer().get();
    InetSocketAddress seen = status.endpoint().get();
    Endpoint endpoint = Endpoint.of(seen).inZone(on.name());
    // Where its hellos come from is not known before the next one.
    Endpoint control = new Endpoint(endpoint.address(), endpoint.zone(), LinkConfig.PORT);
    Instant stamp = status.lastHandshake().get();
    TunnelSpec spec =
        new TunnelSpec(
            keeper.device(id, NodeLinks.tunnelMtu(on.name())),
            status.keys(),
            status.port(),
            Optional.of(new TunnelPeer(peerKey, endpoint.toSocketAddress(on.index()))));
    TunnelEnd own =
        new TunnelEnd(
            status.keys().publicKey().bytes(), new Endpoint(on.linkLocal(), "", status.port()));
    boolean adopted =
        neighborhood.adopt(
            id,
            control,
            own,
            new TunnelEnd(peerKey.bytes(), endpoint),
            stamp,
            Duration.between(stamp, Instant.now()));
    if (adopted) {
      keeper.adopt(id, spec, status);
    }
    return adopted;
  }
}
