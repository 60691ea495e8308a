// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.util.List;
import tollway.session.TransportKind;

/** What a desktop tells its owner; on its loop. */
public interface DesktopListener {
  /**
   * The pinned egress has answered, and the session runs over {@code transport}: requests are
   * served. Again after every new session.
   */
  void connected(TransportKind transport);

  /** Requests wait, or are refused, until {@link #connected} is called again. */
  void disconnected(String why);

  /** Something went wrong that a person may want to know; requests may be served all the same. */
  void trouble(String what);

  /** freddie knows us, and named these STUN servers as {@code HOST:PORT}. */
  default void welcomed(List<String> stunServers) {}

  /** The way to the egress has come so far, by one volunteer or another. */
  default void reached(DesktopStep step) {}

  /** The same as {@link #trouble}, and more, for programs. */
  default void fault(DesktopFault fault) {}
}
