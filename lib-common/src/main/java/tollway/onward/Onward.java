// SPDX-License-Identifier: Apache-2.0
package tollway.onward;

import io.netty.buffer.ByteBuf;
import java.util.Optional;
import tollway.identity.NodeId;

/** What carries frames from a volunteer onwards to an egress, by paths. On the volunteer's loop. */
public interface Onward {
  /** What a path tells its owner. */
  interface PathListener {
    /** A frame from the egress; its reference goes to the listener. */
    void frame(ByteBuf frame);

    /** The egress closed the path. Not after our own close. */
    void closed();

    /** What carried it has ended, and the path with it. */
    void lost();
  }

  /** Whether a path may be opened now. */
  boolean isUp();

  /** Opens a path and returns its id; only while it is up. */
  int open(PathListener path);

  /** Sends one frame, whose reference it takes; false when it was dropped. */
  boolean send(int path, ByteBuf frame);

  void closePath(int path);

  /** The one for whom it was made needs it no more; what others use goes on. */
  default void release() {}

  /** How many volunteers lie between this one and the egress. */
  default int distance() {
    return 0;
  }

  /** The first of them, once it is known. */
  default Optional<NodeId> volunteer() {
    return Optional.empty();
  }
}
