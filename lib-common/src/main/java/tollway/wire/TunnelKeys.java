// SPDX-License-Identifier: Apache-2.0
package tollway.wire;

import java.util.Set;
import tollway.bytes.Bytes;

/** Which X25519 public keys may open a tunnel. */
final class TunnelKeys {
  static final int SIZE = 32;

  /** The canonical points of small order: every shared secret with them is zero. */
  private static final Set<String> SMALL_ORDER =
      Set.of(
          "0000000000000000000000000000000000000000000000000000000000000000",
          "0100000000000000000000000000000000000000000000000000000000000000",
          "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
          "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
          "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");

  private TunnelKeys() {}

  /** For keys from outside. */
  static void check(Bytes key) throws MalformedMessageException {
    if (key.size() != SIZE) {
      throw new MalformedMessageException(
          Fault.BAD_KEY, "a tunnel key has 32 bytes, not " + key.size());
    }
    // RFC 7748 §5 takes such a key modulo 2^255-19: a second text for another key.
    if (!FieldElement.isCanonical(key)) {
      throw new MalformedMessageException(Fault.BAD_KEY, "the tunnel key is not canonical");
    }
    if (SMALL_ORDER.contains(key.hex())) {
      throw new MalformedMessageException(Fault.SMALL_ORDER, "the tunnel key has a small order");
    }
  }

  /** For keys of our own making. */
  static void require(Bytes key) {
    try {
      check(key);
    } catch (MalformedMessageException unfit) {
      throw new IllegalArgumentException(unfit.getMessage());
    }
  }
}
