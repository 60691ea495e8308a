// SPDX-License-Identifier: Apache-2.0
package tollway.wire;

import java.util.List;
import tollway.bytes.Bytes;
import tollway.identity.NodeId;

/** The checked fields of a message whose signature nobody has looked at yet. */
record Draft(MessageType type, NodeId sender, Bytes tunnelKey, Endpoint endpoint, long seqno) {
  private static final int HELLO_FIELDS = 4;
  private static final int TUNNEL_FIELDS = 5;

  /** From the signed fields, type first. All checks that need no curve arithmetic. */
  static Draft of(List<String> signed) throws MalformedMessageException {
    MessageType type = MessageText.type(signed);
    int wanted = type.isHello() ? HELLO_FIELDS : TUNNEL_FIELDS;
    if (signed.size() != wanted) {
      throw new MalformedMessageException(
          Fault.BAD_FIELD_COUNT,
          "a " + type.label() + " has " + wanted + " signed fields, not " + signed.size());
    }
    Bytes sender = MessageText.base64(signed.get(1), "the public key");
    SenderKeys.check(sender);
    Bytes tunnelKey = Bytes.EMPTY;
    if (!type.isHello()) {
      tunnelKey = MessageText.base64(signed.get(2), "the tunnel key");
      TunnelKeys.check(tunnelKey);
    }
    long seqno = MessageText.seqno(signed.get(wanted - 1));
    Endpoint endpoint = Endpoint.parse(signed.get(wanted - 2));
    return new Draft(type, new NodeId(sender), tunnelKey, endpoint, seqno);
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
    return new Draft(type, message.sender(), Bytes.EMPTY, controlAddress, message.seqno());
  }

  private static Draft tunnel(MessageType type, LinkMessage message, Bytes key, Endpoint endpoint) {
    return new Draft(type, message.sender(), key, endpoint, message.seqno());
  }

  /** The signed fields, type first. */
  List<String> fields() {
    String number = Long.toUnsignedString(seqno);
    return type.isHello()
        ? List.of(type.label(), sender.base64(), endpoint.toString(), number)
        : List.of(type.label(), sender.base64(), tunnelKey.base64(), endpoint.toString(), number);
  }

  /** The message itself: for the verifier alone, and for what we are about to sign. */
  LinkMessage message(NodeId verified, Endpoint seenEndpoint) {
    return switch (type) {
      case HELLO -> new LinkMessage.Hello(verified, seenEndpoint, seqno);
      case HELLO_CONFIRM -> new LinkMessage.HelloConfirm(verified, seenEndpoint, seqno);
      case TUNNEL -> new LinkMessage.Tunnel(verified, tunnelKey, seenEndpoint, seqno);
      case TUNNEL_CONFIRM ->
          new LinkMessage.TunnelConfirm(verified, tunnelKey, seenEndpoint, seqno);
    };
  }
}
