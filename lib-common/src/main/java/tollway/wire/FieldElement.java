// SPDX-License-Identifier: Apache-2.0
package tollway.wire;

import tollway.bytes.Bytes;

/** Little-endian numbers modulo 2^255-19, as both kinds of key hold one. */
final class FieldElement {
  private FieldElement() {}

  /** Whether all 256 bits are a number below the modulus. */
  static boolean isCanonical(Bytes key) {
    return (key.at(31) & 0x80) == 0 && lowBitsAreCanonical(key);
  }

  /** Whether the low 255 bits are a number below the modulus; the top bit is something else. */
  static boolean lowBitsAreCanonical(Bytes key) {
    if ((key.at(31) & 0x7f) != 0x7f) {
      return true;
    }
    for (int i = 30; i > 0; i--) {
      if (key.at(i) != 0xff) {
        return true;
      }
    }
    return key.at(0) < 0xed;
  }
}
