// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.net.SocketAddress;
import java.util.Optional;
import java.util.function.LongSupplier;
import tollway.admission.PrefixBudgets;
import tollway.bytes.Bytes;

/**
 * How often connections may come from one part of the network. Those from this machine or a private
 * network are a front's: where they come from says nothing about who they are, so they are only
 * ordered by the effort that they make. Any thread.
 */
final class Newcomers {
  private final PrefixBudgets budgets;

  Newcomers(LongSupplier nanoTime) {
    budgets = new PrefixBudgets(nanoTime);
  }

  /** Whether one more may come. */
  synchronized boolean admits(SocketAddress from) {
    return prefixed(from).map(budgets::take).orElse(true);
  }

  /** Somebody there said what was made to cost us work. */
  synchronized void punish(SocketAddress from) {
    prefixed(from).ifPresent(budgets::punish);
  }

  private static Optional<Bytes> prefixed(SocketAddress from) {
    return Origin.address(from).map(address -> Bytes.of(address.getAddress()));
  }
}
