// SPDX-License-Identifier: Apache-2.0
package tollway.neighbor;

import tollway.bytes.Bytes;
import tollway.identity.NodeId;
import tollway.wire.Binding;
import tollway.wire.Endpoint;
import tollway.wire.LinkMessage;

/** What the state machine wants done about a neighbour; carried out in the order given. */
public sealed interface NeighborEffect {
  /** Says a message, which gets its sequence number as it leaves. */
  sealed interface Say extends NeighborEffect {
    Endpoint to();

    /** From {@code self}, who can be reached at {@code control}. */
    LinkMessage message(NodeId self, Endpoint control, long seqno);

    /** The same in {@code scrooge2}, to {@code to}, whose nonce is {@code echo}. */
    Binding binding(NodeId to, Bytes echo, Bytes nonce);
  }

  record SayHello(Endpoint to) implements Say {
    @Override
    public LinkMessage message(NodeId self, Endpoint control, long seqno) {
      return new LinkMessage.Hello(self, control, seqno);
    }

    @Override
    public Binding binding(NodeId to, Bytes echo, Bytes nonce) {
      return Binding.hello(nonce);
    }
  }

  record SayHelloConfirm(Endpoint to) implements Say {
    @Override
    public LinkMessage message(NodeId self, Endpoint control, long seqno) {
      return new LinkMessage.HelloConfirm(self, control, seqno);
    }

    @Override
    public Binding binding(NodeId to, Bytes echo, Bytes nonce) {
      return Binding.confirm(to, echo, nonce);
    }
  }

  record SayTunnel(Endpoint to, TunnelEnd own) implements Say {
    @Override
    public LinkMessage message(NodeId self, Endpoint control, long seqno) {
      return new LinkMessage.Tunnel(self, own.key(), own.endpoint(), seqno);
    }

    @Override
    public Binding binding(NodeId to, Bytes echo, Bytes nonce) {
      return Binding.tunnel(to, echo);
    }
  }

  record SayTunnelConfirm(Endpoint to, TunnelEnd own) implements Say {
    @Override
    public LinkMessage message(NodeId self, Endpoint control, long seqno) {
      return new LinkMessage.TunnelConfirm(self, own.key(), own.endpoint(), seqno);
    }

    @Override
    public Binding binding(NodeId to, Bytes echo, Bytes nonce) {
      return Binding.tunnel(to, echo);
    }
  }

  /** Whatever concerns the tunnel or what is forwarded through it. */
  sealed interface Tunnel extends NeighborEffect {}

  /**
   * Ends any tunnel with this neighbour and makes a new one with fresh keys, that listens on a free
   * port. Told to the neighborhood when ready.
   */
  record Build(int generation) implements Tunnel {}

  /** Speaks to this end, and no other, from now on. */
  record SetPeer(int generation, TunnelEnd peer) implements Tunnel {}

  /** Ends the tunnel and its interface. */
  record Remove() implements Tunnel {}

  /** Forwards between this tunnel and others, or no longer. */
  record Forward(boolean allowed) implements Tunnel {}
}
