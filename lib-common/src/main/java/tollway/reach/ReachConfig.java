// SPDX-License-Identifier: Apache-2.0
package tollway.reach;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a client was told of how to get to freddies.
 *
 * @param freddies to be tried before those of invites
 * @param upstream the proxy that connects for us, if any
 * @param state the directory to remember in what worked, if any
 */
public record ReachConfig(List<URI> freddies, Optional<Upstream> upstream, Optional<Path> state) {
  /** Nothing. */
  public static final ReachConfig PLAIN =
      new ReachConfig(List.of(), Optional.empty(), Optional.empty());

  public ReachConfig {
    freddies = List.copyOf(freddies);
  }
}
