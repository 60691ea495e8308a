// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.sctp;

import io.netty.buffer.ByteBuf;

/** Carries SCTP packets to the peer, each in one datagram, as far as the network does. */
public interface PacketSink {
  /** The packet is on the heap and only lent for the call. */
  void packet(ByteBuf packet);
}
