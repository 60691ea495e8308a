// SPDX-License-Identifier: Apache-2.0
package tollway.store;

import java.time.Instant;

/** What was forwarded from and for a neighbour in the hour or day that began then. */
public record Usage(
    String neighbor,
    Instant start,
    long fromPackets,
    long fromBytes,
    long forPackets,
    long forBytes) {}
