// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.io.Closeable;
import java.net.InetSocketAddress;
import java.util.Optional;
import tollway.cli.CommandFailedException;
import tollway.loop.ListenException;
import tollway.metrics.MetricsServer;
import tollway.metrics.MetricsSource;

/** The page of daemons that show none otherwise. */
final class MetricsPage {
  private MetricsPage() {}

  /** Shows what {@code source} measures, if anybody wants to know, until it is closed. */
  static Closeable open(Optional<InetSocketAddress> address, MetricsSource source)
      throws CommandFailedException {
    if (address.isEmpty()) {
      return () -> {};
    }
    try {
      return MetricsServer.open(address.get(), source);
    } catch (ListenException refused) {
      throw CommandFailedException.refusedByHost(refused, refused.denied());
    }
  }
}
