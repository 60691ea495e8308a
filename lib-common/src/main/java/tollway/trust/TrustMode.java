// SPDX-License-Identifier: Apache-2.0
package tollway.trust;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** With whom a node makes tunnels, as far as no rule says otherwise. */
public enum TrustMode {
  /** With anybody who proves to be there. */
  OPEN,

  /** With keys that are pinned or allowed; others are seen, and that is all. */
  PINNED,

  /** With nobody; nothing is said and nobody is heard. */
  OFF;

  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<TrustMode> ofLabel(String label) {
    return Arrays.stream(values()).filter(mode -> mode.label().equals(label)).findFirst();
  }
}
