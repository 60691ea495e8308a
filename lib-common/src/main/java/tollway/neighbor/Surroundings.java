// SPDX-License-Identifier: Apache-2.0
package tollway.neighbor;

import java.util.Optional;
import tollway.bytes.Bytes;
import tollway.wire.Endpoint;

/** What a {@link Neighborhood} acts on; everything is called on its loop. */
public interface Surroundings {
  void multicast(String link, Bytes datagram);

  void send(String link, Endpoint to, Bytes datagram);

  /** The same on the side port, which old programs do not hear. */
  void multicastAside(String link, Bytes datagram);

  void sendAside(String link, Endpoint to, Bytes datagram);

  /** Whether an address that is not link-local belongs to the subnets of {@code link}. */
  boolean isOnLink(String link, Bytes address);

  /** Begins to do what {@code effect} says, in the order of the calls. */
  void perform(NeighborId id, NeighborEffect.Tunnel effect);

  /** {@code id} was in one state and is in another; empty stands for unknown, and forgotten. */
  default void changed(NeighborId id, Optional<NeighborState> was, Optional<NeighborState> is) {}
}
