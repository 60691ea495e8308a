// SPDX-License-Identifier: Apache-2.0
package tollway.session;

import io.netty.channel.Channel;
import io.netty.handler.codec.quic.QuicStreamChannel;
import tollway.mux.MuxStream;

/** What the streams of sessions can do that other channels cannot. */
public final class SessionStreams {
  /** An error code for QUIC: whoever is behind went away (ours to choose, RFC 9000 §20.2). */
  private static final int GONE = 0x1;

  private SessionStreams() {}

  /**
   * Ends both directions of a stream at once, so that the other end sees a failure; false when
   * {@code channel} is no stream of a session.
   */
  public static boolean reset(Channel channel) {
    if (channel instanceof QuicStreamChannel stream) {
      stream.shutdown(GONE, stream.newPromise());
      stream.close();
    } else if (channel instanceof MuxStream stream) {
      stream.abort();
    } else {
      return false;
    }
    return true;
  }
}
