// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.util.Locale;

/** When a desktop goes to the egress itself, which then learns the person's address. */
public enum DirectUse {
  /** Never: who carries is always a volunteer. */
  NEVER,
  /** While no volunteer could be reached. */
  AUTO,
  /** Always; nobody else is asked. */
  ONLY;

  /** As on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
