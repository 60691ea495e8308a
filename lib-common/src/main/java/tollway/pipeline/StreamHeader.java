// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.security.SecureRandom;
import tollway.bytes.Bytes;

/** The first bytes of every stream: its random key, never made from an address, and its goal. */
record StreamHeader(Bytes key, Destination destination) {
  static final int KEY_SIZE = 16;

  StreamHeader {
    if (key.size() != KEY_SIZE) {
      throw new IllegalArgumentException("a stream key has 16 bytes");
    }
  }

  static StreamHeader fresh(Destination destination, SecureRandom random) {
    byte[] key = new byte[KEY_SIZE];
    random.nextBytes(key);
    return new StreamHeader(Bytes.of(key), destination);
  }
}
