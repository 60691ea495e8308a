// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import tollway.identity.NodeId;

/**
 * How one connection with a peer did until now.
 *
 * @param active whether it carries somebody's traffic now, rather than standing by
 * @param bytes both directions together
 */
public record PeerSnapshot(NodeId peer, boolean active, long bytes) {
  /** Together with what {@code other} carries over the same connection. */
  public PeerSnapshot and(PeerSnapshot other) {
    return new PeerSnapshot(peer, active || other.active, bytes + other.bytes);
  }
}
