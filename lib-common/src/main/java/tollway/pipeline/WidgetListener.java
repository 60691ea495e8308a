// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.util.List;

/** What a volunteer's relay tells its owner; on its loop. */
public interface WidgetListener {
  /** Whether people can be helped now: freddie knows us and an egress is connected. */
  void readiness(boolean ready, String why);

  /** A person came or went; {@code helped} are those who are connected now. */
  void helping(int helped, String what);

  /** Limits were changed, or what they amount to at this moment. */
  void limited(Standing standing);

  /** freddie knows us, and named these STUN servers as {@code HOST:PORT}. */
  default void welcomed(List<String> stunServers) {}

  /** Something went wrong; people may be helped all the same. */
  default void fault(WidgetFault fault) {}
}
