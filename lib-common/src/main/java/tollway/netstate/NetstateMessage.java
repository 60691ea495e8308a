// SPDX-License-Identifier: Apache-2.0
package tollway.netstate;

import tollway.identity.NodeId;

/** What a node sends to netstate; the bearer token beside it says that it may. */
public sealed interface NetstateMessage {
  NodeId node();

  Stamp stamp();

  <R> R accept(Visitor<R> visitor);

  /** Replaces what the node said before. */
  record State(Stamp stamp, NodeReport report) implements NetstateMessage {
    @Override
    public NodeId node() {
      return report.node();
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /** The node stops; nothing of it is to be shown any more. */
  record Goodbye(Stamp stamp, NodeId node) implements NetstateMessage {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /** Names every kind of message, so that the compiler finds who must handle a new one. */
  interface Visitor<R> {
    R visit(State state);

    R visit(Goodbye goodbye);
  }
}
