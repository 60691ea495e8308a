// SPDX-License-Identifier: Apache-2.0
package tollway.firewall;

import java.util.regex.Pattern;

/**
 * A tunnel that may forward: whose it is, and the minor number of that neighbour's class below
 * {@code 1:}, 0 without one.
 */
public record Passage(String neighbor, int classMinor) {
  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9+/=]{1,64}");

  public Passage {
    if (!isKey(neighbor)) {
      throw new IllegalArgumentException("not a key: " + neighbor);
    }
    if (classMinor < 0 || classMinor > 0xffff) {
      throw new IllegalArgumentException("not a class: " + classMinor);
    }
  }

  static boolean isKey(String text) {
    return KEY.matcher(text).matches();
  }
}
