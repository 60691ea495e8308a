// SPDX-License-Identifier: Apache-2.0
package tollway.session;

import io.netty.buffer.ByteBuf;

/** What the owner of a {@link PathLink} tells the session; on the loop the path was added from. */
public interface PathHandle {
  /** A frame arrived; its reference goes to the session. */
  void frame(ByteBuf frame);

  /** The link has ended; harmless when the session knows. */
  void closed(String why);
}
