// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.channel.socket.DuplexChannel;

/** What a host that was dialled is told before a stream is joined to the connection. */
public interface Preamble {
  /** Nothing. */
  Preamble NONE = (connection, outcome) -> outcome.said();

  /**
   * Says it on a connection that does not read yet; on its loop, where the outcome is told once.
   */
  void say(DuplexChannel connection, Outcome outcome);

  /** What became of it. */
  interface Outcome {
    /** The stream's data may follow; the connection does not read. */
    void said();

    /** The connection is of no use; {@code why} is for the person at the other end. */
    void failed(String why);
  }
}
