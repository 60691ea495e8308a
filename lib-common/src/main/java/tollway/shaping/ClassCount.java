// SPDX-License-Identifier: Apache-2.0
package tollway.shaping;

/** What passed a class since it was made, and what waits in it now. */
public record ClassCount(long bytes, long packets, long drops, long backlogBytes) {}
