// SPDX-License-Identifier: Apache-2.0
package tollway.worker;

/** What a desktop's path by way of a volunteer wants done. */
public sealed interface PathEffect {
  /** The session's end of it is to know. */
  record TellSession(String why) implements PathEffect {}

  /** The last one. {@code failed}: it never carried anything. */
  record Ended(String why, boolean failed) implements PathEffect {}

  /** Those without more to say. */
  enum Act implements PathEffect {
    /** Take the channel that has opened, and add it to the session. */
    JOIN,
    REFUSE_CHANNEL,
    CLOSE_PEER
  }
}
