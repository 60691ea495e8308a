// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import java.util.List;
import tollway.webrtc.dtls.Fingerprint;

/**
 * What an offer or an answer says of its side, for one section of data channels (RFC 8841, RFC
 * 8829).
 *
 * @param mid the name of the section, which an answer repeats
 * @param iceLite the side only answers checks (RFC 8445 §2.5)
 * @param setup who begins the DTLS handshake
 * @param sctpPort 5000 by custom
 * @param maxMessageBytes the largest message the side takes; 0 is any
 * @param maxPacketBytes the largest SCTP packet the side takes; only ours say more than the usual
 * @param candidates lines that came with the description
 * @param endOfCandidates no others will follow
 */
record SessionDescription(
    String mid,
    IceCredentials ice,
    boolean iceLite,
    List<Fingerprint> fingerprints,
    Setup setup,
    int sctpPort,
    int maxMessageBytes,
    int maxPacketBytes,
    List<String> candidates,
    boolean endOfCandidates) {

  /** RFC 8842 §5: active sends the first message, passive waits, actpass leaves the choice. */
  enum Setup {
    ACTIVE,
    PASSIVE,
    ACTPASS
  }

  /** RFC 8841 §6.1: what a side takes that does not say. */
  static final int DEFAULT_MAX_MESSAGE_BYTES = 65_536;

  static final int USUAL_SCTP_PORT = 5000;

  SessionDescription {
    fingerprints = List.copyOf(fingerprints);
    candidates = List.copyOf(candidates);
    if (fingerprints.isEmpty()) {
      throw new IllegalArgumentException("a description without a fingerprint");
    }
    if (maxPacketBytes < PeerConfig.BASE_PACKET_BYTES
        || maxPacketBytes > PeerConfig.LARGEST_PACKET_BYTES) {
      throw new IllegalArgumentException("a description with a packet size out of range");
    }
    if (sctpPort < 1 || sctpPort > 0xffff || maxMessageBytes < 0) {
      throw new IllegalArgumentException("a description with numbers out of range");
    }
  }
}
