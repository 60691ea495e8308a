// SPDX-License-Identifier: Apache-2.0
package tollway.wire;

import java.util.List;
import tollway.bytes.MalformedBytesException;
import tollway.identity.NodeId;

/** The forms that messages have had; all but {@link #SEED} are history and only ever inspected. */
enum MessageVersion {
  /** What we speak. */
  SEED(
      "seed", "publicKey controlAddress seqnum", "publicKey tunnelPublicKey tunnelEndpoint seqnum"),
  V6(
      "v6-dest-tunnel",
      "",
      "sourcePublicKey destinationPublicKey tunnelPublicKey tunnelEndpoint seqnum"),
  V7("v7-no-control-address", "sourcePublicKey seqnum", ""),
  V8("v8-master", "sourcePublicKey destinationPublicKey seqnum", ""),
  V9("v9-new-keys", "", "sourcePublicKey destinationPublicKey tunnelEndpoint seqnum"),

  /** What we speak on the side port, if asked to; the fields depend on the type. */
  BOUND("scrooge2", "", "");

  private final String label;
  private final String hello;
  private final String tunnel;

  MessageVersion(String label, String hello, String tunnel) {
    this.label = label;
    this.hello = hello;
    this.tunnel = tunnel;
  }

  String label() {
    return label;
  }

  /** What the signed fields after the type are called. */
  List<String> names(MessageType type) {
    if (this == BOUND) {
      return boundNames(type);
    }
    return List.of((type.isHello() ? hello : tunnel).split(" "));
  }

  private static List<String> boundNames(MessageType type) {
    return switch (type) {
      case HELLO_2 -> List.of("publicKey", "nonce", "controlAddress", "seqnum");
      case HELLO_CONFIRM_2 ->
          List.of(
              "publicKey",
              "destinationPublicKey",
              "destinationNonce",
              "nonce",
              "controlAddress",
              "seqnum");
      default ->
          List.of(
              "publicKey",
              "destinationPublicKey",
              "destinationNonce",
              "tunnelPublicKey",
              "tunnelEndpoint",
              "seqnum");
    };
  }

  /** The versions that {@code signed} may be of, the likeliest first; none for a wrong count. */
  static List<MessageVersion> candidates(MessageType type, List<String> signed) {
    int count = signed.size() - 1;
    if (type.isBound()) {
      return boundNames(type).size() == count ? List.of(BOUND) : List.of();
    }
    if (type.isHello()) {
      return switch (count) {
        case 2 -> List.of(V7);
        case 3 -> List.of(isKey(signed.get(2)) ? V8 : SEED);
        default -> List.of();
      };
    }
    return switch (count) {
      // Only one WireGuard key in sixteen is an Ed25519 key as well.
      case 4 -> isNode(signed.get(2)) ? List.of(SEED, V9) : List.of(SEED);
      case 5 -> List.of(V6);
      default -> List.of();
    };
  }

  private static boolean isKey(String text) {
    return text.length() == 44 && text.endsWith("=");
  }

  private static boolean isNode(String text) {
    try {
      NodeId.parse(text);
      return true;
    } catch (MalformedBytesException notOne) {
      return false;
    }
  }
}
