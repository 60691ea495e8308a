// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import tollway.bytes.Bytes;
import tollway.signaling.Signal;

/**
 * What clients hash the name of their host with. All instances use the oldest one that any of them
 * has: marks of one host are alike wherever its clients connect.
 *
 * @param birth by the clock of whoever drew it, in milliseconds since 1970
 */
record HostSalt(long birth, Bytes salt) {
  HostSalt {
    if (salt.size() != Signal.NONCE_SIZE) {
      throw new IllegalArgumentException("a salt has 32 bytes");
    }
  }

  /** The one of the two that all choose. */
  HostSalt or(HostSalt other) {
    int order = Long.compare(birth, other.birth);
    return order < 0 || (order == 0 && salt.hex().compareTo(other.salt.hex()) <= 0) ? this : other;
  }
}
