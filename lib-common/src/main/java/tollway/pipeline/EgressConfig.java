// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * What an egress was told.
 *
 * @param listen where volunteers connect
 * @param token what they must know, when they must know something
 * @param policy what it dials
 */
public record EgressConfig(
    InetSocketAddress listen, Optional<String> token, DialPolicy policy, EgressLimits limits) {
  /** Never the token. */
  @Override
  public String toString() {
    return "EgressConfig(" + listen + ")";
  }
}
