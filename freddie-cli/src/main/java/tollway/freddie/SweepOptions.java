// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.net.Inet4Address;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.cli.UserErrorException;
import tollway.crawl.Ipv4Ranges;
import tollway.crawl.ZmapSweep;

/** How a crawl asks. */
final class SweepOptions {
  /** About 5 Mbit/s of probes. */
  private static final int FASTEST = 10_000;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Packets a second, at most " + FASTEST + " (default: ${DEFAULT-VALUE}).")
  private int rate;

  @Option(
      names = "--zmap",
      description =
          "Let ZMap send the probes, as root, by --interface and --gateway; cannot go on where it"
              + " was. Default: our own prober, which needs no privilege.")
  private boolean zmap;

  @Option(names = "--interface", paramLabel = "NAME", description = "With --zmap: the interface.")
  private @Nullable String device;

  @Option(
      names = "--gateway",
      paramLabel = "MAC",
      description = "With --zmap: the hardware address of the router there.")
  private @Nullable String gateway;

  SweepPlan plan(Ipv4Ranges ranges, int port) throws CommandFailedException {
    if (rate < 1 || rate > FASTEST) {
      throw new UserErrorException("--rate: give 1 to " + FASTEST);
    }
    return new SweepPlan(ranges, port, rate, link());
  }

  private Optional<ZmapSweep.Link> link() throws CommandFailedException {
    if (!zmap) {
      if (device != null || gateway != null) {
        throw new UserErrorException("--interface and --gateway are for --zmap: leave them out");
      }
      return Optional.empty();
    }
    if (device == null || gateway == null) {
      throw new UserErrorException("--zmap: give --interface and --gateway as well");
    }
    ZmapSweep.Link link;
    try {
      link = new ZmapSweep.Link(device, gateway);
    } catch (IllegalArgumentException wrong) {
      throw new UserErrorException("--zmap: " + wrong.getMessage());
    }
    requireUsable(device);
    if (!ZmapSweep.isInstalled()) {
      throw new CommandFailedException(
          ExitCode.UNAVAILABLE, "--zmap: ZMap is missing: apt-get install zmap");
    }
    return Optional.of(link);
  }

  /** What ZMap would say of it explains nothing. */
  private static void requireUsable(String device) {
    try {
      NetworkInterface found = NetworkInterface.getByName(device);
      if (found == null) {
        throw new UserErrorException("--interface: there is no interface '" + device + "'");
      }
      if (!found.isUp()) {
        throw new UserErrorException("--interface: '" + device + "' is down");
      }
      if (found.inetAddresses().noneMatch(Inet4Address.class::isInstance)) {
        throw new UserErrorException("--interface: '" + device + "' has no IPv4 address");
      }
    } catch (SocketException unknown) {
      throw new UserErrorException("--interface: '" + device + "': " + unknown.getMessage());
    }
  }
}
