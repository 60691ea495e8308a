// SPDX-License-Identifier: Apache-2.0
package tollway.trust;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What the operator said of a key; the later ones prevail. */
public enum Standing {
  /** May have a tunnel also where only pinned keys may. */
  ALLOWED,

  /** The same, and its place is kept: it is never put out for another. */
  PINNED,

  /** Does not exist for us. */
  BLOCKED;

  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<Standing> ofLabel(String label) {
    return Arrays.stream(values()).filter(each -> each.label().equals(label)).findFirst();
  }
}
