// SPDX-License-Identifier: Apache-2.0
package tollway.neighbor;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Whether we speak {@code scrooge2}, whose messages name whom they are for and echo that node's
 * nonce.
 */
public enum Scrooge2 {
  OFF,

  /** Beside {@code scrooge}; with whoever has spoken it once, nothing else. */
  OFFER,

  /** And {@code scrooge} not at all. */
  REQUIRE;

  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<Scrooge2> ofLabel(String label) {
    return Arrays.stream(values()).filter(mode -> mode.label().equals(label)).findFirst();
  }
}
