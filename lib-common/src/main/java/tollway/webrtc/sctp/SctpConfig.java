// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.sctp;

/**
 * The limits of one association.
 *
 * @param localPort from our description
 * @param remotePort from the peer's description
 * @param basePacketBytes a packet size that every path takes
 * @param maxPacketBytes a packet size to try; the base size for none
 * @param sendBufferBytes what may wait to be sent
 * @param receiveBufferBytes what is kept of unfinished and early messages
 * @param maxMessageBytes the largest message we said we take
 */
public record SctpConfig(
    int localPort,
    int remotePort,
    int basePacketBytes,
    int maxPacketBytes,
    int sendBufferBytes,
    int receiveBufferBytes,
    int maxMessageBytes) {}
