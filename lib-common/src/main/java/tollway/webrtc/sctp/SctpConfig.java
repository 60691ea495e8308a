// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.sctp;

import java.util.List;

/**
 * The limits of one association.
 *
 * @param localPort from our description
 * @param remotePort from the peer's description
 * @param basePacketBytes a packet size that every path takes
 * @param packetSizesToTry larger packet sizes that the path may take, from the largest down
 * @param sendBufferBytes what may wait to be sent
 * @param receiveBufferBytes what is kept of unfinished and early messages
 * @param maxMessageBytes the largest message we said we take
 */
public record SctpConfig(
    int localPort,
    int remotePort,
    int basePacketBytes,
    List<Integer> packetSizesToTry,
    int sendBufferBytes,
    int receiveBufferBytes,
    int maxMessageBytes) {
  public SctpConfig {
    packetSizesToTry = List.copyOf(packetSizesToTry);
  }
}
