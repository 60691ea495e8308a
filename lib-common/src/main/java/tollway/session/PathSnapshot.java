// SPDX-License-Identifier: Apache-2.0
package tollway.session;

import java.time.Duration;
import java.util.Optional;

/**
 * How one path did until now.
 *
 * @param label what its owner calls it
 * @param rtt smoothed round-trip time; empty until the first answer
 * @param bytesSent bytes of frames handed to the link
 * @param bytesReceived bytes of frames that arrived
 * @param framesDropped frames the link refused because it was full
 * @param sent packets of the session, as far as the other end told
 * @param received packets of the session
 */
public record PathSnapshot(
    String label,
    PathState state,
    Optional<Duration> rtt,
    long bytesSent,
    long bytesReceived,
    long framesDropped,
    PacketCount sent,
    PacketCount received) {}
