// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.io.Closeable;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tollway.cli.CommandFailedException;
import tollway.cli.MetricsAddress;
import tollway.loop.ListenException;
import tollway.metrics.MetricsServer;
import tollway.metrics.MetricsSource;

/** {@code --metrics}, for daemons that show no pages anyway. */
final class MetricsOption {
  @Option(
      names = "--metrics",
      paramLabel = "HOST:PORT",
      description =
          "Show metrics for Prometheus at http://HOST:PORT/metrics, on a loopback or private"
              + " address (default: nowhere).")
  private @Nullable String metrics;

  Optional<InetSocketAddress> address() {
    return Optional.ofNullable(metrics).map(MetricsAddress::parse);
  }

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
