// SPDX-License-Identifier: Apache-2.0
package tollway.session;

/** What a session tells its owner; on the session's loop. */
public interface ClientSessionListener {
  /** The pinned egress has answered: streams may be opened. Once. */
  void ready(TransportKind transport);

  /** The state of one path has changed. */
  void pathChanged(PathSnapshot path, String why);

  /** The session is over and its paths are closed. Once, last. */
  void ended(SessionEnd end);
}
