// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.util.Optional;
import tollway.shaping.Rate;

/**
 * How much an egress takes on at once.
 *
 * @param volunteers WebSockets
 * @param connectionsPerAddress connections of volunteers from one public address
 * @param pathsPerVolunteer paths on one WebSocket
 * @param sessions desktops
 * @param pathsPerSession paths of one desktop
 * @param streams proxied connections of all sessions together
 * @param dials connections that are being made
 * @param associations streams that carry datagrams, each with a UDP socket, among the streams
 * @param rate what all sessions together may send, and what they may receive; empty for no limit
 * @param session what each session may take
 */
public record EgressLimits(
    int volunteers,
    int connectionsPerAddress,
    int pathsPerVolunteer,
    int sessions,
    int pathsPerSession,
    int streams,
    int dials,
    int associations,
    Optional<Rate> rate,
    SessionLimits session) {
  public static final EgressLimits DEFAULT =
      new EgressLimits(
          1024, 64, 256, 2048, 8, 16_384, 512, 2048, Optional.empty(), SessionLimits.DEFAULT);

  public EgressLimits {
    if (volunteers < 1
        || connectionsPerAddress < 1
        || pathsPerVolunteer < 1
        || sessions < 1
        || pathsPerSession < 1
        || streams < 1
        || dials < 1
        || associations < 1) {
      throw new IllegalArgumentException("every limit of an egress is at least 1");
    }
  }

  /** The same, but nobody may measure. */
  public EgressLimits withoutSpeedTests() {
    return new EgressLimits(
        volunteers,
        connectionsPerAddress,
        pathsPerVolunteer,
        sessions,
        pathsPerSession,
        streams,
        dials,
        associations,
        rate,
        session.withoutSpeedTests());
  }
}
