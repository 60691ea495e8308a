// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import tollway.stun.NatMapping;

/** What a {@link PeerConnection} tells its owner; every call comes on the connection's loop. */
public interface PeerListener {
  /** Our offer or answer, to be carried to the peer. Once, before any candidate. */
  void localDescription(String sdp);

  /**
   * One of our candidates, as an SDP {@code candidate:} line without {@code a=}, to be carried to
   * the peer. An empty line means that no more will come (RFC 8838 §13).
   */
  void localCandidate(String line);

  /** What the STUN servers' answers say of the NAT before us. Once, behind the candidates. */
  default void nat(NatMapping mapping) {}

  /**
   * A channel can carry messages. Set its listener before returning: messages that find none are
   * lost.
   */
  void open(DataChannel channel);

  /**
   * The connection has ended or never came to be; nothing follows. Not called after {@link
   * PeerConnection#close}.
   */
  void closed(String why);
}
