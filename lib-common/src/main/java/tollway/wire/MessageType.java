// SPDX-License-Identifier: Apache-2.0
package tollway.wire;

import java.util.Optional;

/** The first word of a datagram. */
enum MessageType {
  HELLO("scrooge_hello"),
  HELLO_CONFIRM("scrooge_hello_confirm"),
  TUNNEL("scrooge_tunnel"),
  TUNNEL_CONFIRM("scrooge_tunnel_confirm"),
  HELLO_2("scrooge2_hello"),
  HELLO_CONFIRM_2("scrooge2_hello_confirm"),
  TUNNEL_2("scrooge2_tunnel"),
  TUNNEL_CONFIRM_2("scrooge2_tunnel_confirm");

  private final String label;

  MessageType(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }

  boolean isHello() {
    return basic() == HELLO || basic() == HELLO_CONFIRM;
  }

  /** Whether it names whom it is for and the nonces of both. */
  boolean isBound() {
    return basic() != this;
  }

  /** The type that says the same without a {@link Binding}. */
  MessageType basic() {
    return switch (this) {
      case HELLO, HELLO_2 -> HELLO;
      case HELLO_CONFIRM, HELLO_CONFIRM_2 -> HELLO_CONFIRM;
      case TUNNEL, TUNNEL_2 -> TUNNEL;
      case TUNNEL_CONFIRM, TUNNEL_CONFIRM_2 -> TUNNEL_CONFIRM;
    };
  }

  /** The type that says the same with a {@link Binding}. */
  MessageType bound() {
    return switch (this) {
      case HELLO, HELLO_2 -> HELLO_2;
      case HELLO_CONFIRM, HELLO_CONFIRM_2 -> HELLO_CONFIRM_2;
      case TUNNEL, TUNNEL_2 -> TUNNEL_2;
      case TUNNEL_CONFIRM, TUNNEL_CONFIRM_2 -> TUNNEL_CONFIRM_2;
    };
  }

  static Optional<MessageType> ofLabel(String label) {
    return switch (label) {
      case "scrooge_hello" -> Optional.of(HELLO);
      case "scrooge_hello_confirm" -> Optional.of(HELLO_CONFIRM);
      case "scrooge_tunnel" -> Optional.of(TUNNEL);
      case "scrooge_tunnel_confirm" -> Optional.of(TUNNEL_CONFIRM);
      case "scrooge2_hello" -> Optional.of(HELLO_2);
      case "scrooge2_hello_confirm" -> Optional.of(HELLO_CONFIRM_2);
      case "scrooge2_tunnel" -> Optional.of(TUNNEL_2);
      case "scrooge2_tunnel_confirm" -> Optional.of(TUNNEL_CONFIRM_2);
      default -> Optional.empty();
    };
  }
}
