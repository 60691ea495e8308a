// SPDX-License-Identifier: Apache-2.0
package tollway.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tollway.bytes.Bytes;
import tollway.identity.NodeId;

/** The checked fields of a message whose signature nobody has looked at yet. */
record Draft(
    MessageType type,
    NodeId sender,
    Optional<Binding> binding,
    Bytes tunnelKey,
    Endpoint endpoint,
    long seqno) {
  /** From the signed fields, type first. All checks that need no curve arithmetic. */
  static Draft of(List<String> signed) throws MalformedMessageException {
    MessageType type = MessageText.type(signed);
    int wanted = fieldCount(type);
    if (signed.size() != wanted) {
      throw new MalformedMessageException(
          Fault.BAD_FIELD_COUNT,
          "a " + type.label() + " has " + wanted + " signed fields, not " + signed.size());
    }
    Bytes sender = MessageText.base64(signed.get(1), "the public key");
    SenderKeys.check(sender);
    Optional<Binding> binding =
        type.isBound() ? Optional.of(binding(type, signed)) : Optional.empty();
    Bytes tunnelKey = Bytes.EMPTY;
    if (!type.isHello()) {
      tunnelKey = MessageText.base64(signed.get(wanted - 3), "the tunnel key");
      TunnelKeys.check(tunnelKey);
    }
    long seqno = MessageText.seqno(signed.get(wanted - 1));
    Endpoint endpoint = Endpoint.parse(signed.get(wanted - 2));
    return new Draft(type, new NodeId(sender), binding, tunnelKey, endpoint, seqno);
  }

  private static int fieldCount(MessageType type) {
    return switch (type) {
      case HELLO, HELLO_CONFIRM -> 4;
      case TUNNEL, TUNNEL_CONFIRM, HELLO_2 -> 5;
      case HELLO_CONFIRM_2, TUNNEL_2, TUNNEL_CONFIRM_2 -> 7;
    };
  }

  private static Binding binding(MessageType type, List<String> signed)
      throws MalformedMessageException {
    if (type == MessageType.HELLO_2) {
      return Binding.hello(nonce(signed.get(2)));
    }
    Bytes to = MessageText.base64(signed.get(2), "the destination key");
    SenderKeys.check(to);
    Bytes echo = nonce(signed.get(3));
    return type == MessageType.HELLO_CONFIRM_2
        ? Binding.confirm(new NodeId(to), echo, nonce(signed.get(4)))
        : Binding.tunnel(new NodeId(to), echo);
  }

  static Bytes nonce(String text) throws MalformedMessageException {
    Bytes nonce = MessageText.base64(text, "the nonce");
    if (nonce.size() != Binding.NONCE_SIZE) {
      throw new MalformedMessageException(
          Fault.BAD_NONCE, "a nonce has 16 bytes, not " + nonce.size());
    }
    return nonce;
  }

  /** The same, said to those whom {@code bound} names. */
  Draft with(Binding bound) {
    return new Draft(type.bound(), sender, Optional.of(bound), tunnelKey, endpoint, seqno);
  }

  static Draft of(LinkMessage message) {
    return message.accept(
        new LinkMessage.Visitor<>() {
          @Override
          public Draft visit(LinkMessage.Hello m) {
            return hello(MessageType.HELLO, m, m.controlAddress());
          }

          @Override
          public Draft visit(LinkMessage.HelloConfirm m) {
            return hello(MessageType.HELLO_CONFIRM, m, m.controlAddress());
          }

          @Override
          public Draft visit(LinkMessage.Tunnel m) {
            return tunnel(MessageType.TUNNEL, m, m.tunnelKey(), m.tunnelEndpoint());
          }

          @Override
          public Draft visit(LinkMessage.TunnelConfirm m) {
            return tunnel(MessageType.TUNNEL_CONFIRM, m, m.tunnelKey(), m.tunnelEndpoint());
          }
        });
  }

  private static Draft hello(MessageType type, LinkMessage message, Endpoint controlAddress) {
    return new Draft(
        type, message.sender(), Optional.empty(), Bytes.EMPTY, controlAddress, message.seqno());
  }

  private static Draft tunnel(MessageType type, LinkMessage message, Bytes key, Endpoint endpoint) {
    return new Draft(type, message.sender(), Optional.empty(), key, endpoint, message.seqno());
  }

  /** The signed fields, type first. */
  List<String> fields() {
    List<String> fields = new ArrayList<>(List.of(type.label(), sender.base64()));
    binding.ifPresent(
        bound -> {
          bound.to().ifPresent(to -> fields.addAll(List.of(to.base64(), bound.echo().base64())));
          if (type.isHello()) {
            fields.add(bound.nonce().base64());
          }
        });
    if (!type.isHello()) {
      fields.add(tunnelKey.base64());
    }
    fields.addAll(List.of(endpoint.toString(), Long.toUnsignedString(seqno)));
    return fields;
  }

  /** The message itself: for the verifier alone, and for what we are about to sign. */
  LinkMessage message(NodeId verified, Endpoint seenEndpoint) {
    return switch (type.basic()) {
      case HELLO -> new LinkMessage.Hello(verified, seenEndpoint, seqno);
      case HELLO_CONFIRM -> new LinkMessage.HelloConfirm(verified, seenEndpoint, seqno);
      case TUNNEL -> new LinkMessage.Tunnel(verified, tunnelKey, seenEndpoint, seqno);
      case TUNNEL_CONFIRM ->
          new LinkMessage.TunnelConfirm(verified, tunnelKey, seenEndpoint, seqno);
      default -> throw new IllegalStateException("no basic type: " + type);
    };
  }
}
