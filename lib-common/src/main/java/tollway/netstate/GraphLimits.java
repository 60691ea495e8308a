// SPDX-License-Identifier: Apache-2.0
package tollway.netstate;

import java.time.Duration;

/** How much one graph holds, and how long it believes a node that fell silent. */
public record GraphLimits(int reporters, int edges, Duration silence) {
  public static final GraphLimits DEFAULT = new GraphLimits(2048, 8192, Duration.ofSeconds(15));
}
