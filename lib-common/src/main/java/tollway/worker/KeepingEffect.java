// SPDX-License-Identifier: Apache-2.0
package tollway.worker;

import java.time.Duration;
import java.util.List;
import tollway.identity.NodeId;

/** What the keeping of a desktop's paths wants done. */
public sealed interface KeepingEffect {
  /** Ring once, with this number. */
  record Wake(Keeping.Alarms alarm, int number, Duration after) implements KeepingEffect {}

  record CancelWake(Keeping.Alarms alarm) implements KeepingEffect {}

  /** Say to freddie how many volunteers are missing, instead of what was said before. */
  record Wish(int missing, List<NodeId> exclude) implements KeepingEffect {
    public Wish {
      exclude = List.copyOf(exclude);
    }
  }

  /** Say to freddie that a match of this conversation is over. */
  record HangUp(long match, String why, boolean failed) implements KeepingEffect {}

  /** Make a path to this volunteer, with so many others behind. */
  record Connect(MatchId id, NodeId widget, int distance) implements KeepingEffect {}

  /** Ends the path, whose end is then told. */
  record EndPath(MatchId id, String why) implements KeepingEffect {}

  /** Whether a volunteer carries, when that has changed, and at the beginning. */
  record Accompanied(boolean now) implements KeepingEffect {}

  /** Those without more to say. */
  enum Act implements KeepingEffect {
    /** Tell the person that freddie finds nobody. */
    NOBODY_IS_FREE,
    OPEN_SESSION,
    CLOSE_SESSION,
    /** The last one: everything else may go too. */
    LEFT
  }
}
