// SPDX-License-Identifier: Apache-2.0
package tollway.session;

/** Why a session ended, and in words for people. */
public record SessionEnd(Cause cause, String text) {
  /** What kind of end it was. */
  public enum Cause {
    /** This side closed it. */
    CLOSED,

    /** Whoever answered is not the pinned egress. Trying again does not help. */
    WRONG_PIN,

    /** The egress refused the session or ended it. */
    REFUSED,

    /** No path worked for so long that the session was given up. */
    LOST
  }

  static SessionEnd wrongPin() {
    return new SessionEnd(Cause.WRONG_PIN, "the egress's identity does not match the invite's pin");
  }
}
