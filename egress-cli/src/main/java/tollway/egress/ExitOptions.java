// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tollway.cli.DurationText;
import tollway.cli.HostPort;
import tollway.cli.UserErrorException;
import tollway.pipeline.DialPolicy;
import tollway.pipeline.EgressLimits;
import tollway.pipeline.OwnAddresses;
import tollway.pipeline.SessionLimits;

/** The options of {@code egress serve} that say what it dials, and how much. */
final class ExitOptions {
  private static final int DNS_PORT = 53;
  private static final int MOST_DIALS_PER_SECOND = 100_000;
  private static final Duration LONGEST_IDLE = Duration.ofDays(7);

  @Option(
      names = "--allow-private",
      description = "Also dial private, loopback and this host's own addresses: for labs.")
  private boolean allowPrivate;

  @Option(
      names = "--deny-port",
      paramLabel = "PORT",
      split = ",",
      description = "Do not dial this port, besides 25; may be repeated.")
  private List<Integer> deniedPorts = new ArrayList<>();

  @Option(
      names = "--dns",
      paramLabel = "HOST[:PORT]",
      description = "Ask this name server, rather than those that the system asks.")
  private @Nullable String nameServer;

  @Option(
      names = "--max-streams",
      paramLabel = "N",
      defaultValue = "16384",
      description = "Proxied connections at once, of all people (default: ${DEFAULT-VALUE}).")
  private int maxStreams;

  @Option(
      names = "--max-streams-per-session",
      paramLabel = "N",
      defaultValue = "1024",
      description = "The same of one person, at most 1024 (default: ${DEFAULT-VALUE}).")
  private int streamsPerSession;

  @Option(
      names = "--dials-per-session",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Hosts that one person may look for a second (default: ${DEFAULT-VALUE}).")
  private int dialsPerSession;

  @Option(
      names = "--rate",
      paramLabel = "RATE",
      description =
          "What all people together may send, and what they may receive, such as 500mbit; each gets"
              + " the same, however many connections they have.")
  private @Nullable String rate;

  @Option(
      names = "--rate-per-session",
      paramLabel = "RATE",
      description = "What one person may send, and receive.")
  private @Nullable String ratePerSession;

  @Option(
      names = "--idle",
      paramLabel = "TIME",
      defaultValue = "1h",
      description = "End connections in which nothing moves for so long (default: 1h).")
  private String idle = "";

  @Option(
      names = "--no-speedtest",
      description = "Refuse 'egress speedtest', which costs as much as its people's rate allows.")
  private boolean noSpeedTest;

  DialPolicy toPolicy(OwnAddresses own) {
    TreeSet<Integer> denied = new TreeSet<>(DialPolicy.DENIED_PORTS);
    for (int port : deniedPorts) {
      if (port < 1 || port > 65_535) {
        throw new UserErrorException("--deny-port: there is no port " + port);
      }
      denied.add(port);
    }
    return new DialPolicy(allowPrivate, denied, own::contains);
  }

  Optional<InetSocketAddress> nameServer() {
    String text = nameServer;
    if (text == null) {
      return Optional.empty();
    }
    String withPort = NetUtil.isValidIpV6Address(text) ? "[" + text + "]" : text;
    if (!withPort.contains(":") || withPort.endsWith("]")) {
      withPort += ":" + DNS_PORT;
    }
    return Optional.of(HostPort.parse("--dns", withPort).resolve("--dns"));
  }

  EgressLimits toLimits(int connectionsPerAddress) {
    if (maxStreams < 1) {
      throw new UserErrorException("--max-streams: give a number above 0");
    }
    EgressLimits usual = EgressLimits.DEFAULT;
    return new EgressLimits(
        usual.volunteers(),
        connectionsPerAddress,
        usual.pathsPerVolunteer(),
        usual.sessions(),
        usual.pathsPerSession(),
        maxStreams,
        Math.min(usual.dials(), maxStreams),
        Math.min(usual.associations(), maxStreams),
        RateOption.parse("--rate", rate),
        toSessionLimits());
  }

  private SessionLimits toSessionLimits() {
    int most = SessionLimits.DEFAULT.streams();
    if (streamsPerSession < 1 || streamsPerSession > most) {
      throw new UserErrorException("--max-streams-per-session: give a number from 1 to " + most);
    }
    if (dialsPerSession < 1 || dialsPerSession > MOST_DIALS_PER_SECOND) {
      throw new UserErrorException(
          "--dials-per-session: give a number from 1 to " + MOST_DIALS_PER_SECOND);
    }
    Duration patience = DurationText.parse("--idle", idle);
    if (patience.toSeconds() < 1 || patience.compareTo(LONGEST_IDLE) > 0) {
      throw new UserErrorException("--idle: give a time from 1s to 168h");
    }
    return new SessionLimits(
        streamsPerSession,
        dialsPerSession,
        noSpeedTest ? 0 : SessionLimits.DEFAULT.speedTests(),
        RateOption.parse("--rate-per-session", ratePerSession),
        patience);
  }
}
