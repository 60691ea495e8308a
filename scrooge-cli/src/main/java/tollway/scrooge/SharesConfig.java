// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.time.Duration;
import java.util.Optional;
import tollway.shaping.Rate;
import tollway.shaping.WeightSource;

/**
 * How a daemon shares its bandwidth out. {@code wish}: as the command line demands it; {@code
 * source}: where weights come from that the operator does not give; {@code grace}: how long who is
 * missing there keeps its weight; {@code ingress}: what each neighbour may hand us at most.
 */
record SharesConfig(
    Optional<ShareWish> wish,
    Optional<WeightSource> source,
    Rate freeFloor,
    Duration grace,
    Optional<Rate> ingress) {}
