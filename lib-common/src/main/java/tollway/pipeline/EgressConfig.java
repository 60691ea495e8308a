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
 */
public record EgressConfig(
    EgressDoor door,
    DialPolicy policy,
    Optional<InetSocketAddress> nameServer,
    EgressLimits limits) {}
