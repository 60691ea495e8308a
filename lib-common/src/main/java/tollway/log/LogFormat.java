// SPDX-License-Identifier: Apache-2.0
package tollway.log;

import java.util.Locale;

/** How lines on standard error look. */
public enum LogFormat {
  /** For people. */
  TEXT,
  /** An object a line. */
  JSON;

  /** As on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
