// SPDX-License-Identifier: Apache-2.0
package tollway.netstated;

import java.util.List;
import tollway.bytes.Bytes;
import tollway.identity.Identity;
import tollway.identity.NodeId;
import tollway.netstate.Edge;
import tollway.netstate.NetstateMessage;
import tollway.netstate.NodeReport;
import tollway.netstate.ReportCodec;
import tollway.netstate.ReportToken;
import tollway.netstate.Role;
import tollway.netstate.Stamp;

/** Who appears in the tests of this program. */
final class Cast {
  static final String SECRET = "the-token-of-these-tests";
  static final ReportToken TOKEN = ReportToken.of(SECRET);
  static final NodeId ALICE = node(1); // A desktop.
  static final NodeId BOB = node(2); // A widget.
  static final NodeId EXIT = node(4); // An egress.

  private Cast() {}

  static NodeId node(int number) {
    byte[] seed = new byte[Identity.SEED_SIZE];
    seed[0] = (byte) number;
    seed[1] = (byte) (number >> 8);
    return Identity.ofSeed(Bytes.of(seed)).nodeId();
  }

  static NodeReport alice(Edge... edges) {
    return new NodeReport(ALICE, Role.DESKTOP, "alice", List.of(edges));
  }

  static NodeReport bob(Edge... edges) {
    return new NodeReport(BOB, Role.WIDGET, "bob", List.of(edges));
  }

  static Edge active(NodeId peer, Role role, long rate) {
    return new Edge(peer, role, Edge.State.ACTIVE, rate);
  }

  static Edge idle(NodeId peer, Role role) {
    return new Edge(peer, role, Edge.State.IDLE, 0);
  }

  static NetstateMessage state(NodeReport report, long seqno) {
    return new NetstateMessage.State(new Stamp(1, seqno), report);
  }

  static Bytes body(NodeReport report, long seqno) {
    return ReportCodec.encode(state(report, seqno));
  }
}
