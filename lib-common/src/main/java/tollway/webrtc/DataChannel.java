// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import io.netty.buffer.ByteBuf;

/** Messages to and from a peer (RFC 8831). Every method must be called on the connection's loop. */
public interface DataChannel {
  /** What a channel tells its owner, on the connection's loop. */
  interface Listener {
    /** A message arrived; the listener owns it and releases it. */
    void onMessage(ByteBuf message);

    /** After a refused {@link #send}: there is room again. */
    default void onWritable() {}

    /** The channel has ended; nothing follows. Not called after our own {@link #close}. */
    default void onClosed(String why) {}
  }

  ChannelOptions options();

  /** Replaces the listener. */
  void listener(Listener listener);

  /**
   * Queues {@code message}, which now belongs to the channel. False: it was dropped, because the
   * queue is full, the message is larger than {@link #maxMessageBytes} or the channel is closed.
   */
  boolean send(ByteBuf message);

  /** How much is queued and not yet handed to the network. */
  int bufferedBytes();

  /** Whether a message of the usual size would be accepted now. */
  boolean isWritable();

  /** The largest message that the peer says it takes and we are willing to send. */
  int maxMessageBytes();

  /** The largest message that travels in one packet of the path as far as it is known. */
  int datagramBytes();

  /** Ends this channel at both ends; the connection stays. */
  void close();
}
