// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.net.SocketAddress;
import tollway.signaling.PollAnswer;

/** A request whose answer may take its time. Any thread; after the first answer no other counts. */
interface PollWaiter {
  void answer(PollAnswer answer);

  /** There is none, for a reason that an HTTP status says. */
  void refuse(int status, String why);

  /** The session that answers; it wants to know when the request has gone. */
  void belongsTo(PollSession session);

  /** Who asks, or a front of theirs. */
  SocketAddress remote();
}
