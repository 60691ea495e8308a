// SPDX-License-Identifier: Apache-2.0
package tollway.session;

import java.util.Set;

/**
 * What an egress allows.
 *
 * @param maxSessions sessions at once
 * @param maxPathsPerSession paths of one session at once
 * @param maxUnproved paths at once that have not proved to belong to a session
 * @param packetSize the longest QUIC packet to send, in bytes, 1200 to 16000
 * @param frameSize the longest data frame to send, in bytes
 * @param transports what this machine can run sessions over
 */
public record SessionServerConfig(
    int maxSessions,
    int maxPathsPerSession,
    int maxUnproved,
    int packetSize,
    int frameSize,
    Set<TransportKind> transports) {
  public SessionServerConfig {
    ClientSessionConfig.checkSizes(packetSize, frameSize);
    transports = Set.copyOf(transports);
  }
}
