// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * What an egress was told.
 *
 * @param door how volunteers come in
 * @param policy what it dials
 * @param nameServer whom it asks for names instead of those that the system asks
 * @param preamble what hosts that it dials are told first
 */
public record EgressConfig(
    EgressDoor door,
    DialPolicy policy,
    Optional<InetSocketAddress> nameServer,
    EgressLimits limits,
    Preamble preamble) {
  /** Says nothing of its own to the hosts that it dials. */
  public EgressConfig(
      EgressDoor door,
      DialPolicy policy,
      Optional<InetSocketAddress> nameServer,
      EgressLimits limits) {
    this(door, policy, nameServer, limits, Preamble.NONE);
  }
}
