// SPDX-License-Identifier: Apache-2.0
package tollway.cli;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --metrics}, for daemons: in clear text, so not where everybody could read them. */
public final class MetricsOption {
  @Option(
      names = "--metrics",
      paramLabel = "HOST:PORT",
      description =
          "Show metrics for Prometheus at http://HOST:PORT/metrics, on a loopback or private"
              + " address (default: nowhere).")
  private @Nullable String metrics;

  public Optional<InetSocketAddress> address() {
    return Optional.ofNullable(metrics).map(MetricsOption::parse);
  }

  private static InetSocketAddress parse(String text) {
    InetSocketAddress address = HostPort.parse("--metrics", text).resolve("--metrics");
    if (!isPrivate(address.getAddress())) {
      throw new UserErrorException(
          "--metrics: '"
              + text
              + "' could be read by everybody on the way: give a loopback or private address, and"
              + " put a proxy with TLS before it");
    }
    return address;
  }

  private static boolean isPrivate(InetAddress address) {
    byte[] bytes = address.getAddress();
    boolean uniqueLocal = address instanceof Inet6Address && (bytes[0] & 0xfe) == 0xfc; // RFC 4193
    return address.isLoopbackAddress()
        || address.isLinkLocalAddress()
        || uniqueLocal
        || (bytes.length == 4 && address.isSiteLocalAddress()); // RFC 1918
  }
}
