// SPDX-License-Identifier: Apache-2.0
package tollway.wire;

import tollway.bytes.Bytes;
import tollway.identity.NodeId;

/**
 * A datagram between direct neighbours. One that came from outside exists only after its signature
 * was verified. Sequence numbers are unsigned 64-bit: compare with {@link Long#compareUnsigned}.
 */
public sealed interface LinkMessage {
  NodeId sender();

  long seqno();

  <R> R accept(Visitor<R> visitor);

  /** I am here, and reachable at this address. */
  record Hello(NodeId sender, Endpoint controlAddress, long seqno) implements LinkMessage {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /** I heard you, and am reachable at this address; not answered. */
  record HelloConfirm(NodeId sender, Endpoint controlAddress, long seqno) implements LinkMessage {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /** I opened a tunnel for you: its WireGuard key and where it listens. */
  record Tunnel(NodeId sender, Bytes tunnelKey, Endpoint tunnelEndpoint, long seqno)
      implements LinkMessage {
    public Tunnel {
      TunnelKeys.require(tunnelKey);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /** The answer to a {@link Tunnel}: our side of it; not answered. */
  record TunnelConfirm(NodeId sender, Bytes tunnelKey, Endpoint tunnelEndpoint, long seqno)
      implements LinkMessage {
    public TunnelConfirm {
      TunnelKeys.require(tunnelKey);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /** One method for each kind of message. */
  interface Visitor<R> {
    R visit(Hello hello);

    R visit(HelloConfirm confirm);

    R visit(Tunnel tunnel);

    R visit(TunnelConfirm confirm);
  }
}
