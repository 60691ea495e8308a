// SPDX-License-Identifier: Apache-2.0
package tollway.wire;

import java.util.Optional;

/** The first word of a datagram. */
enum MessageType {
  HELLO("scrooge_hello"),
  HELLO_CONFIRM("scrooge_hello_confirm"),
  TUNNEL("scrooge_tunnel"),
  TUNNEL_CONFIRM("scrooge_tunnel_confirm");

  private final String label;

  MessageType(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }

  boolean isHello() {
    return this == HELLO || this == HELLO_CONFIRM;
  }

  static Optional<MessageType> ofLabel(String label) {
    return switch (label) {
      case "scrooge_hello" -> Optional.of(HELLO);
      case "scrooge_hello_confirm" -> Optional.of(HELLO_CONFIRM);
      case "scrooge_tunnel" -> Optional.of(TUNNEL);
      case "scrooge_tunnel_confirm" -> Optional.of(TUNNEL_CONFIRM);
      default -> Optional.empty();
    };
  }
}
