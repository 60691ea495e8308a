// SPDX-License-Identifier: Apache-2.0
package tollway.reach;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tollway.identity.NodeId;

/**
 * What a client was told of how to get to freddies.
 *
 * @param freddies to be tried before those of invites
 * @param upstream the proxy that connects for us, if any
 * @param listKey whose list of more freddies and STUN servers is used, if any
 * @param state the directory to keep the list in, and what worked, if any
 */
public record ReachConfig(
    List<URI> freddies,
    Optional<Upstream> upstream,
    Optional<NodeId> listKey,
    Optional<Path> state) {
  /** Nothing. */
  public static final ReachConfig PLAIN =
      new ReachConfig(List.of(), Optional.empty(), Optional.empty(), Optional.empty());

  public ReachConfig {
    freddies = List.copyOf(freddies);
  }
}
