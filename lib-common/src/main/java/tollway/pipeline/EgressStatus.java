// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

/**
 * How an egress is doing: now, and since its start.
 *
 * @param paths ways to its desktops by way of volunteers
 * @param bytesUp payload from people
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
    long bytesDown) {}
