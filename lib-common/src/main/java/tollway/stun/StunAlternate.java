// SPDX-License-Identifier: Apache-2.0
package tollway.stun;

import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * The second address that makes a responder good for finding out what a NAT does (RFC 5780 §6).
 *
 * @param bind another address than the first of the responder, with another port; port 0 lets the
 *     system choose
 * @param told how clients reach it, when that differs
 * @param firstTold how clients reach the responder's first address, when that differs
 */
public record StunAlternate(
    InetSocketAddress bind,
    Optional<InetSocketAddress> told,
    Optional<InetSocketAddress> firstTold) {

  /** Reached where it is bound, as the first is. */
  public static StunAlternate at(InetSocketAddress bind) {
    return new StunAlternate(bind, Optional.empty(), Optional.empty());
  }
}
