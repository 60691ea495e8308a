// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.sctp;

import io.netty.buffer.ByteBuf;

/** What an {@link SctpAssociation} tells its owner, on its loop. */
public interface SctpListener {
  /** Messages can flow. */
  void established();

  /** A whole message; the listener owns it. */
  void message(int stream, int ppid, ByteBuf message);

  /** After a refused send: there is room again. */
  void writable(int stream);

  /** The peer sends no more on this stream. */
  void peerReset(int stream);

  /** Our own reset of this stream is done; the stream could be used afresh. */
  void ownReset(int stream);

  /** The association has ended; nothing follows. */
  void closed(String why);
}
