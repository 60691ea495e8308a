// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/**
 * How volunteers come to an egress.
 *
 * @param listen where they connect
 * @param tls its certificate, when it speaks TLS itself
 * @param tokens what they must know
 * @param balancers who says by the PROXY protocol for whom it connects
 */
public record EgressDoor(
    InetSocketAddress listen,
    Optional<ServerTls> tls,
    AccessTokens tokens,
    List<AddressBlock> balancers) {
  public EgressDoor {
    balancers = List.copyOf(balancers);
  }
}
