// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.time.Instant;

/** Something that went wrong for a desktop. */
public record DesktopFault(Instant at, Cause cause, String why) {
  /** What kind of thing. */
  public enum Cause {
    FREDDIE_AWAY,
    FREDDIE_REFUSED,
    /** A volunteer, or the direct way, never got us to the egress. */
    PATH_FAILED,
    /** A volunteer who did has gone. */
    PATH_LOST,
    WRONG_PIN,
    SESSION_ENDED
  }
}
