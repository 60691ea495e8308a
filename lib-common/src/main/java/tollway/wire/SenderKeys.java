// SPDX-License-Identifier: Apache-2.0
package tollway.wire;

import java.util.Set;
import tollway.bytes.Bytes;
import tollway.identity.NodeId;

/** The checks of a sender's Ed25519 key that cost nothing. */
final class SenderKeys {
  /** The y coordinates of the eight points of small order, which anybody can sign for. */
  private static final Set<String> SMALL_ORDER =
      Set.of(
          "0000000000000000000000000000000000000000000000000000000000000000",
          "0100000000000000000000000000000000000000000000000000000000000000",
          "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
          "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
          "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a");

  private SenderKeys() {}

  /** Refuses what no honest node has; whether the point is on the curve is the verifier's work. */
  static void check(Bytes key) throws MalformedMessageException {
    if (key.size() != NodeId.SIZE) {
      throw new MalformedMessageException(
          Fault.BAD_KEY, "a public key has 32 bytes, not " + key.size());
    }
    // RFC 8032 §5.1.3: y must be below the modulus.
    if (!FieldElement.lowBitsAreCanonical(key)) {
      throw new MalformedMessageException(Fault.BAD_KEY, "the public key is not canonical");
    }
    if (SMALL_ORDER.contains(withoutSign(key))) {
      throw new MalformedMessageException(
          Fault.SMALL_ORDER, "anybody can sign for this public key: it has a small order");
    }
  }

  private static String withoutSign(Bytes key) {
    if (key.at(31) < 0x80) {
      return key.hex();
    }
    byte[] y = key.toArray();
    y[31] &= 0x7f;
    return Bytes.of(y).hex();
  }
}
