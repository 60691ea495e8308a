// SPDX-License-Identifier: Apache-2.0
package tollway.neighbor;

import tollway.bytes.Bytes;
import tollway.wire.Endpoint;
import tollway.wire.LinkMessage;

/** What a verified message says of its sender, before anything is decided. */
sealed interface Introduction {
  /** It presents itself and says where it can be reached. */
  record Presents(Endpoint control) implements Introduction {}

  /** It asks for something, and must have presented itself before. */
  record Asks(Endpoint endpoint) implements Introduction {}

  /** The address that the sender wants us to send to. */
  private Endpoint claimed() {
    if (this instanceof Presents presents) {
      return presents.control();
    }
    return ((Asks) this).endpoint();
  }

  /** Sending there must not make us a tool against others: it is the sender, or on its link. */
  default boolean isElsewhere(Bytes source, String link, Surroundings surroundings) {
    Endpoint claimed = claimed();
    return !claimed.isLinkLocal()
        && !claimed.address().equals(source)
        && !surroundings.isOnLink(link, claimed.address());
  }

  static Introduction of(LinkMessage message) {
    return message.accept(
        new LinkMessage.Visitor<>() {
          @Override
          public Introduction visit(LinkMessage.Hello hello) {
            return new Presents(hello.controlAddress());
          }

          @Override
          public Introduction visit(LinkMessage.HelloConfirm confirm) {
            return new Presents(confirm.controlAddress());
          }

          @Override
          public Introduction visit(LinkMessage.Tunnel tunnel) {
            return new Asks(tunnel.tunnelEndpoint());
          }

          @Override
          public Introduction visit(LinkMessage.TunnelConfirm confirm) {
            return new Asks(confirm.tunnelEndpoint());
          }
        });
  }
}
