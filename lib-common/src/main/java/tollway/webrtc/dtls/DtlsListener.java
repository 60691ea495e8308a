// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.dtls;

import io.netty.buffer.ByteBuf;

/** What a {@link DtlsSession} tells its owner, on its loop. */
public interface DtlsListener {
  /** The peer is the one its description names; records can flow. */
  void connected();

  /** What one record held, lent for the call. */
  void record(ByteBuf plaintext);

  /** The session failed or the peer ended it; nothing follows. */
  void closed(String why);
}
