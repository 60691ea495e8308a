// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tollway.bytes.MalformedBytesException;
import tollway.cli.DurationText;
import tollway.cli.MetricsOption;
import tollway.cli.UserErrorException;
import tollway.firewall.ReversePath;
import tollway.identity.Identity;
import tollway.link.LinkInterfaces;
import tollway.neighbor.NeighborhoodConfig;
import tollway.neighbor.Scrooge2;
import tollway.tunnel.TunnelBackends;
import tollway.tunnel.TunnelPorts;

/** The options of {@code scrooge run}. */
final class RunOptions {
  /** Each time costs packets, and a signed exchange. */
  private static final Duration SHORTEST_ROTATION = Duration.ofSeconds(10);

  static final Path STATE = Path.of("/var/lib/tollway/scrooge");

  @Option(
      names = {"-i", "--interface"},
      required = true,
      split = ",",
      paramLabel = "IF",
      description = "Where neighbours are; may be given several times, and * stands for anything.")
  private List<String> interfaces = new ArrayList<>();

  @Option(
      names = "--address",
      split = ",",
      paramLabel = "IP",
      description = "An address of this node inside the mesh; every tunnel carries it.")
  private List<String> addresses = new ArrayList<>();

  @Option(
      names = "--key",
      paramLabel = "FILE",
      description =
          "This node's private key (default: where keygen puts it, and made there if need be).")
  private @Nullable Path key;

  @Option(
      names = "--control",
      paramLabel = "SOCKET",
      description = "Where to listen for commands (default: ${DEFAULT-VALUE}).")
  private Path control = ControlOptions.STANDARD;

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description = "What must outlive the process (default: ${DEFAULT-VALUE}).")
  private Path state = STATE;

  @Option(
      names = "--tunnel-ports",
      paramLabel = "A-B",
      description = "UDP ports for tunnels, one each (default: ${DEFAULT-VALUE}).")
  private String ports = "51821-52844";

  @Option(
      names = "--max-tunnels",
      paramLabel = "N",
      description = "How many tunnels at most (default: ${DEFAULT-VALUE}).")
  private int maxTunnels = NeighborhoodConfig.DEFAULT.tunnels();

  @Option(
      names = "--backend",
      paramLabel = "auto|kernel|wireguard-go|plan",
      description =
          "What runs the tunnels (default: ${DEFAULT-VALUE}: the kernel where it can). plan: look"
              + " for neighbours, print what would be done, and change nothing; needs no root.")
  private String backend = "auto";

  @Option(
      names = "--reverse-path",
      paramLabel = "strict|loose|off",
      description =
          "A packet's source must be reached through the neighbour it came from, or through some"
              + " tunnel (default: ${DEFAULT-VALUE}).")
  private String reversePath = ReversePath.STRICT.label();

  @Option(
      names = "--receipts",
      paramLabel = "PERIOD|off",
      description =
          "How often neighbours are told, signed, what was forwarded from and for them (default:"
              + " ${DEFAULT-VALUE}).")
  private String receiptPeriod = "10m";

  @Option(
      names = "--on-tunnel",
      paramLabel = "PROGRAM",
      description =
          "Run as PROGRAM up|down INTERFACE NEIGHBOUR-KEY NEIGHBOUR-ADDRESS LINK when a tunnel"
              + " comes or goes.")
  private @Nullable Path hook;

  @Option(
      names = "--scrooge2",
      paramLabel = "off|offer|require",
      description =
          "Speak scrooge2, too, on UDP port 8482, or nothing else; its messages cannot be"
              + " repeated elsewhere or later (default: ${DEFAULT-VALUE}).")
  private String scrooge2 = Scrooge2.OFF.label();

  @Mixin private TrustOptions trust = new TrustOptions();
  @Mixin private ShareOptions shares = new ShareOptions();

  @Mixin private MetricsOption metrics = new MetricsOption();

  @Option(
      names = "--rotate",
      paramLabel = "TIME",
      description =
          "Give a tunnel fresh keys when it is this old (default: ${DEFAULT-VALUE}); 'never' is"
              + " possible.")
  private String rotate = "24h";

  /** Everything that can be wrong about the options themselves, before the host is looked at. */
  void check() throws IOException {
    checkInterfaces();
    if (maxTunnels < 1) {
      throw new UserErrorException("--max-tunnels: " + maxTunnels + " is not a number above 0");
    }
    if (hook != null && !(Files.isRegularFile(hook) && Files.isExecutable(hook))) {
      throw new UserErrorException("--on-tunnel: cannot run '" + hook + "'");
    }
    addresses();
    ports();
    rotation();
    metrics.address();
    choice();
    reversePath(reversePath);
    receiptPeriod();
    trust.toConfig();
    shares.toConfig();
    scrooge2();
  }

  /** Makes the key when there is none. */
  RunConfig toConfig(Map<String, String> environment) throws IOException, MalformedBytesException {
    return new RunConfig(
        identity(environment),
        interfaces,
        control.toAbsolutePath(),
        state.toAbsolutePath(),
        ports(),
        choice(),
        addresses(),
        Optional.ofNullable(hook).map(Path::toAbsolutePath),
        rotation(),
        metrics.address(),
        NeighborhoodConfig.DEFAULT.withTunnels(maxTunnels).with(scrooge2()),
        reversePath(reversePath),
        trust.toConfig(),
        shares.toConfig(),
        receiptPeriod());
  }

  private List<InetAddress> addresses() throws IOException {
    List<InetAddress> own = new ArrayList<>();
    for (String address : addresses) {
      InetAddress next = address(address);
      if (own.contains(next)) {
        throw new UserErrorException("--address: '" + address + "' is given twice");
      }
      own.add(next);
    }
    return own;
  }

  private void checkInterfaces() throws IOException {
    List<String> existing = LinkInterfaces.names();
    for (String name : interfaces) {
      if (!name.contains("*") && !existing.contains(name)) {
        throw new UserErrorException(
            "--interface: no interface '" + name + "' here, but " + String.join(", ", existing));
      }
    }
  }

  /** Nothing is made, only told. */
  boolean planning() {
    return choice() == TunnelBackends.Choice.PLAN;
  }

  /** So that a plan leaves the places of a daemon alone, unless it is told otherwise. */
  void moveTo(Path scratch) {
    if (control.equals(ControlOptions.STANDARD)) {
      control = scratch.resolve("control");
    }
    if (state.equals(STATE)) {
      state = scratch.resolve("state");
    }
  }

  private Identity identity(Map<String, String> environment)
      throws IOException, MalformedBytesException {
    Path file = key == null ? KeyFiles.standard(environment) : key;
    if (!Files.exists(file)) {
      if (key != null) {
        throw new UserErrorException(
            "--key: no file '" + file + "': 'scrooge keygen -o " + file + "' makes one");
      }
      if (planning()) {
        return Identity.generate(new SecureRandom());
      }
      KeyFiles.store(file, Identity.generate(new SecureRandom()), false);
    }
    return KeyFiles.load(file);
  }

  static InetAddress address(String text) throws IOException {
    String bare = text.replaceFirst(text.contains(":") ? "/128$" : "/32$", "");
    byte @Nullable [] bytes = NetUtil.createByteArrayFromIpAddressString(bare);
    if (bytes == null || bare.contains("%")) {
      throw new UserErrorException(
          "--address: '" + text + "' is not an IP address such as 10.77.0.1 or fd77::1");
    }
    InetAddress address = InetAddress.getByAddress(bytes);
    if (address.isAnyLocalAddress()
        || address.isLoopbackAddress()
        || address.isMulticastAddress()
        || address.isLinkLocalAddress()) {
      throw new UserErrorException("--address: '" + text + "' is no address of one node alone");
    }
    return address;
  }

  private Scrooge2 scrooge2() {
    return Scrooge2.ofLabel(scrooge2)
        .orElseThrow(
            () ->
                new UserErrorException(
                    "--scrooge2: '" + scrooge2 + "' is neither off, offer nor require"));
  }

  private Optional<Duration> rotation() {
    if (rotate.equals("never")) {
      return Optional.empty();
    }
    Duration period = DurationText.parse("--rotate", rotate);
    if (period.compareTo(SHORTEST_ROTATION) < 0) {
      throw new UserErrorException(
          "--rotate: '" + rotate + "' is less than " + SHORTEST_ROTATION.toSeconds() + "s");
    }
    return Optional.of(period);
  }

  private TunnelPorts ports() {
    try {
      String[] ends = ports.split("-", 2);
      if (ends.length == 2) {
        return new TunnelPorts(Integer.parseInt(ends[0]), Integer.parseInt(ends[1]));
      }
      throw new IllegalArgumentException("one end only");
    } catch (IllegalArgumentException noRange) {
      throw new UserErrorException(
          "--tunnel-ports: '" + ports + "' is not a range such as 51821-52844");
    }
  }

  private Duration receiptPeriod() {
    if (receiptPeriod.equals("off")) {
      return Duration.ZERO;
    }
    Duration period = DurationText.parse("--receipts", receiptPeriod);
    if (period.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new UserErrorException("--receipts: at least 1s, or off");
    }
    return period;
  }

  static ReversePath reversePath(String label) {
    return ReversePath.ofLabel(label)
        .orElseThrow(
            () ->
                new UserErrorException(
                    "--reverse-path: '" + label + "' is neither strict, loose nor off"));
  }

  private TunnelBackends.Choice choice() {
    return switch (backend) {
      case "auto" -> TunnelBackends.Choice.AUTO;
      case "kernel" -> TunnelBackends.Choice.KERNEL;
      case "wireguard-go" -> TunnelBackends.Choice.USERSPACE;
      case "plan" -> TunnelBackends.Choice.PLAN;
      default ->
          throw new UserErrorException(
              "--backend: '" + backend + "' is neither auto, kernel, wireguard-go nor plan");
    };
  }
}
