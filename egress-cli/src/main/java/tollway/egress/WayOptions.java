// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.net.InetSocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tollway.cli.UserErrorException;
import tollway.pipeline.DesktopConfig;
import tollway.pipeline.DirectUse;
import tollway.pipeline.Invite;
import tollway.pipeline.ProxyUser;
import tollway.pipeline.StunChoice;
import tollway.reach.ReachConfig;

/** The options that say by which way a person goes to the egress. */
final class WayOptions {
  @Option(
      names = "--paths",
      paramLabel = "N",
      defaultValue = "2",
      description =
          "Volunteers at once: one carries, the others stand by (default: " + "${DEFAULT-VALUE}).")
  private int paths;

  @Option(
      names = "--min-hops",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Volunteers one behind the other on each path, at least: 1 to 3. From 2 on none of them"
              + " knows both you and the egress, if they do not work together (default:"
              + " ${DEFAULT-VALUE}).")
  private int hops;

  @Option(
      names = "--direct",
      paramLabel = "WHEN",
      defaultValue = "never",
      description =
          "Go to the egress without a volunteer, over TCP: never, auto (while none is reached) or"
              + " only (default: ${DEFAULT-VALUE}). The egress then learns your address, and whoever"
              + " watches your network sees you go there.")
  private DirectUse direct = DirectUse.NEVER;

  @Mixin private PortOption ports = new PortOption();

  @Option(
      names = "--bond",
      description = "Spread what is carried over all volunteers at once, each as fast as it is.")
  private boolean bond;

  @Option(
      names = "--rate-up",
      paramLabel = "RATE",
      description = "What may be sent at most over all paths, such as 2mbit (default: no limit).")
  private @Nullable String rateUp;

  @Option(
      names = "--rate-down",
      paramLabel = "RATE",
      description = "The same for what is received.")
  private @Nullable String rateDown;

  @Option(
      names = "--include-loopback",
      description = "Also meet volunteers on this host, by its loopback addresses: for labs.")
  private boolean includeLoopback;

  /** {@code listen} is where programs find the proxy, {@code user} who may use it. */
  DesktopConfig toConfig(
      Invite invite,
      ReachConfig reach,
      StunChoice stun,
      Optional<InetSocketAddress> listen,
      Optional<ProxyUser> user) {
    check();
    return new DesktopConfig(
        invite,
        listen,
        user,
        paths,
        hops,
        bond,
        RateOption.parse("--rate-up", rateUp),
        RateOption.parse("--rate-down", rateDown),
        reach,
        direct,
        ports.ports(),
        includeLoopback,
        stun);
  }

  /** What is wrong is told now. */
  void check() {
    RateOption.parse("--rate-up", rateUp);
    RateOption.parse("--rate-down", rateDown);
    if (paths < 1 || paths > DesktopConfig.MOST_PATHS) {
      throw new UserErrorException("--paths: give a number from 1 to " + DesktopConfig.MOST_PATHS);
    }
    if (hops < 1 || hops > DesktopConfig.MOST_HOPS) {
      throw new UserErrorException(
          "--min-hops: give a number from 1 to " + DesktopConfig.MOST_HOPS);
    }
    if (hops > 1 && direct != DirectUse.NEVER) {
      throw new UserErrorException("--min-hops and --direct: give one of them");
    }
  }
}
