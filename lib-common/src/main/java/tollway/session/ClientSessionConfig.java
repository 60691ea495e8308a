// SPDX-License-Identifier: Apache-2.0
package tollway.session;

import java.util.Set;
import tollway.identity.NodeId;

/**
 * What a desktop's session needs to know.
 *
 * @param egress the pinned identity
 * @param packetSize the longest QUIC packet to send, in bytes, 1200 to 16000
 * @param frameSize the longest data frame to send, in bytes; several packets share one
 * @param bonded whether packets are spread over all paths instead of one
 * @param transports what this machine can run a session over
 */
public record ClientSessionConfig(
    NodeId egress, int packetSize, int frameSize, boolean bonded, Set<TransportKind> transports) {
  /** The least that QUIC works with (RFC 9000 §14.1). */
  static final int LEAST_PACKET = 1200;

  static final int LARGEST_PACKET = 16_000;

  public ClientSessionConfig {
    checkSizes(packetSize, frameSize);
    transports = Set.copyOf(transports);
  }

  static void checkSizes(int packetSize, int frameSize) {
    if (packetSize < LEAST_PACKET
        || packetSize > LARGEST_PACKET
        || frameSize < packetSize + DataFrames.HEADER + DataFrames.LENGTH) {
      throw new IllegalArgumentException(
          "no packets of %d bytes in frames of %d".formatted(packetSize, frameSize));
    }
  }
}
