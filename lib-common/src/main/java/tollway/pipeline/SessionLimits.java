// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.time.Duration;
import java.util.Optional;
import tollway.shaping.Rate;

/**
 * How much of an egress one session takes.
 *
 * @param streams proxied connections at once
 * @param dialsPerSecond hosts looked for, on the average
 * @param rate what it may send, and what it may receive; empty for no limit
 * @param speedTests measurements at once; 0 when there are none to be had
 * @param idle a connection in which nothing moves for so long is ended
 */
public record SessionLimits(
    int streams, int dialsPerSecond, int speedTests, Optional<Rate> rate, Duration idle) {
  public static final SessionLimits DEFAULT =
      new SessionLimits(1024, 1000, 2, Optional.empty(), Duration.ofHours(1));

  public SessionLimits {
    if (streams < 1 || dialsPerSecond < 1 || speedTests < 0 || idle.toSeconds() < 1) {
      throw new IllegalArgumentException("every limit of a session but speed tests is at least 1");
    }
  }

  /** The same, without any measurements. */
  public SessionLimits withoutSpeedTests() {
    return new SessionLimits(streams, dialsPerSecond, 0, rate, idle);
  }
}
