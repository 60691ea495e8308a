// SPDX-License-Identifier: Apache-2.0
package tollway.netstate;

import java.util.List;
import tollway.bytes.Bytes;
import tollway.identity.Identity;
import tollway.identity.NodeId;

/** Who appears in the tests of this room; keys are fixed so that golden vectors can be. */
final class Cast {
  static final NodeId ALICE = node(1); // A desktop.
  static final NodeId BOB = node(2); // A widget.
  static final NodeId CAROL = node(3); // A second widget.
  static final NodeId EXIT = node(4); // An egress.
  static final NodeId MALLORY = node(66);

  private Cast() {}

  static NodeId node(int number) {
    byte[] seed = new byte[Identity.SEED_SIZE];
    seed[0] = (byte) number;
    seed[1] = (byte) (number >> 8);
    return Identity.ofSeed(Bytes.of(seed)).nodeId();
  }

  static Edge active(NodeId peer, Role role, long rate) {
    return new Edge(peer, role, Edge.State.ACTIVE, rate);
  }

  static Edge idle(NodeId peer, Role role) {
    return new Edge(peer, role, Edge.State.IDLE, 0);
  }

  static NodeReport alice(Edge... edges) {
    return new NodeReport(ALICE, Role.DESKTOP, "alice", List.of(edges));
  }

  static NodeReport bob(Edge... edges) {
    return new NodeReport(BOB, Role.WIDGET, "bob", List.of(edges));
  }
}
