// SPDX-License-Identifier: Apache-2.0
package tollway.firewall;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How a packet's source must fit the tunnel that it came through. */
public enum ReversePath {
  /**
   * An answer would go back to the neighbour it came from, through any of that neighbour's tunnels.
   * Both directions of a conversation are expected here.
   */
  STRICT,
  /** An answer would go into some tunnel: for a mesh whose routes there and back differ. */
  LOOSE,
  OFF;

  /** Its name on the command line and in the table. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<ReversePath> ofLabel(String label) {
    return Arrays.stream(values()).filter(each -> each.label().equals(label)).findFirst();
  }
}
