// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.net.InetSocketAddress;
import java.util.List;

/**
 * What {@code freddie serve} was told.
 *
 * @param listen where clients connect
 * @param stun where the built-in STUN responder listens; empty for none
 * @param maxClients connections at once
 */
record FreddieConfig(InetSocketAddress listen, List<InetSocketAddress> stun, int maxClients) {
  FreddieConfig {
    stun = List.copyOf(stun);
  }
}
