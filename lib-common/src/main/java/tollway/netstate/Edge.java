// SPDX-License-Identifier: Apache-2.0
package tollway.netstate;

import tollway.identity.NodeId;

/** What a node says about its connection to one peer; the rate counts both directions together. */
public record Edge(NodeId peer, Role peerRole, State state, long bytesPerSecond) {
  /** No link of ours carries more, in bytes per second. */
  public static final long MAX_RATE = 1_000_000_000_000L;

  /** Whether the connection carries somebody's traffic now or stands by. */
  public enum State {
    IDLE,
    ACTIVE
  }

  public Edge {
    if (bytesPerSecond < 0 || bytesPerSecond > MAX_RATE) {
      throw new IllegalArgumentException("a rate of " + bytesPerSecond + " bytes per second");
    }
  }

  /** The same connection in the same state, whatever the rate. */
  boolean sameShape(Edge other) {
    return peer.equals(other.peer) && peerRole == other.peerRole && state == other.state;
  }
}
