// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

/** What a desktop tells its owner; on its loop. */
public interface DesktopListener {
  /** The pinned egress has answered: requests are served. Again after every new session. */
  void connected();

  /** Requests wait, or are refused, until {@link #connected} is called again. */
  void disconnected(String why);

  /** Something went wrong that a person may want to know; requests may be served all the same. */
  void trouble(String what);
}
