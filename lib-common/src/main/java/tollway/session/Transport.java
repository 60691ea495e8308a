// SPDX-License-Identifier: Apache-2.0
package tollway.session;

import io.netty.channel.ChannelHandler;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;

/**
 * Carries the streams of one end of a session, over the packets that its paths carry. On the
 * session's loop.
 */
interface Transport {
  /** What the session is told, on its loop. */
  interface Owner {
    /** The egress is the pinned one, and takes streams; at the desktop only. */
    void connected();

    /** The desktop opened a stream, which needs its handlers now; at the egress only. */
    void opened(DuplexChannel stream, boolean first);

    /** Once: it did not come to be, failed, or the other end ended it. */
    void ended(SessionEnd why);
  }

  /** Opens a stream, once connected. */
  Future<DuplexChannel> openStream(ChannelHandler handler);

  /** From now on packets had better not be longer than this. */
  void packetLimit(int bytes);

  /** How many packets of the other end were genuine. */
  long decrypted();

  /** Says goodbye; {@code error} is 0 when nothing is wrong. Completes when it is on its way. */
  Future<?> close(int error);
}
