// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.util.Map;
import java.util.Optional;

/**
 * How an egress is doing: now, and since its start.
 *
 * @param paths ways to its desktops by way of volunteers
 * @param bytesUp payload from people
 * @param faults how often it did not do what somebody wanted, by cause, since the start
 * @param lastFault the latest of them
 */
public record EgressStatus(
    int volunteers,
    int sessions,
    int paths,
    int streams,
    int dials,
    long streamsTotal,
    long dialsFailed,
    long bytesUp,
    long bytesDown,
    Map<EgressFault, Long> faults,
    Optional<CauseCounts.Last<EgressFault>> lastFault) {
  public EgressStatus {
    faults = Map.copyOf(faults);
  }
}
