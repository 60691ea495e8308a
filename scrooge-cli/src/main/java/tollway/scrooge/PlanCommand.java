// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tollway.bytes.MalformedBytesException;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;
import tollway.cli.UserErrorException;
import tollway.firewall.ReversePath;
import tollway.identity.NodeId;
import tollway.link.LinkConfig;
import tollway.neighbor.NeighborId;
import tollway.shaping.Claim;
import tollway.shaping.Leaf;
import tollway.wire.LinkCodec;

/** {@code scrooge plan}. */
@Command(
    name = "plan",
    description = "Print the commands by which 'run' would change a host, and change nothing.",
    footer = {
      "",
      "The commands come in the order in which a run gives them, made by the same",
      "code. What only a run can know has a name in capitals: keys and where the",
      "neighbour listens. Needs no privilege, no daemon and none of the programs.",
      "",
      "Example:",
      "  scrooge plan -i eth0 --neighbor KEY%%eth0=3 --share 40%% --uplink 50mbit"
    })
final class PlanCommand extends Subcommand {
  @Option(
      names = {"-i", "--interface"},
      required = true,
      split = ",",
      paramLabel = "IF",
      description = "Where neighbours are; as for 'run'.")
  private List<String> interfaces = new ArrayList<>();

  @Option(
      names = "--neighbor",
      paramLabel = "KEY%IF[=WEIGHT]",
      description = "A neighbour on one of these links; may be given several times.")
  private List<String> neighbors = new ArrayList<>();

  @Option(
      names = "--address",
      split = ",",
      paramLabel = "IP",
      description = "An address of this node inside the mesh; as for 'run'.")
  private List<String> addresses = new ArrayList<>();

  @Option(
      names = "--public-key",
      paramLabel = "BASE64",
      description = "This node's public key (default: of the owner of --key).")
  private @Nullable String publicKey;

  @Mixin private KeyOption key = new KeyOption();

  @Option(
      names = "--backend",
      paramLabel = "kernel|wireguard-go",
      description = "What runs the tunnels (default: ${DEFAULT-VALUE}).")
  private String backend = "kernel";

  @Option(
      names = "--reverse-path",
      paramLabel = "strict|loose|off",
      description = "As for 'run' (default: ${DEFAULT-VALUE}).")
  private String reversePath = ReversePath.STRICT.label();

  @Option(
      names = "--first-port",
      paramLabel = "PORT",
      description = "The first free UDP port for tunnels (default: ${DEFAULT-VALUE}).")
  private int firstPort = 51821;

  @Option(
      names = "--leaf",
      paramLabel = "QDISC",
      description =
          "The best queue that the kernel has: cake, fq_codel, sfq, bfifo or pfifo (default:"
              + " ${DEFAULT-VALUE}; 'scrooge doctor' tells).")
  private String leaf = "fq_codel";

  @Mixin private ShareOptions shares = new ShareOptions();

  @Option(names = "--remove", description = "Print how the end of such a run removes it all.")
  private boolean remove;

  @Override
  public Integer call() throws IOException, MalformedBytesException {
    RunPlan plan = new RunPlan(wishes());
    io().out().print(remove ? plan.removal() : plan.start());
    io().out().flush();
    return ExitCode.DONE;
  }

  private RunPlan.Wishes wishes() throws IOException, MalformedBytesException {
    Map<NeighborId, Double> weights = new LinkedHashMap<>();
    LinkConfig links = LinkConfig.wellKnown(interfaces, LinkCodec.SIZE_LIMIT);
    for (String neighbor : neighbors) {
      weighed(neighbor, weights);
    }
    for (NeighborId neighbor : weights.keySet()) {
      if (!links.wants(neighbor.link())) {
        throw new UserErrorException(
            "--neighbor: '" + neighbor.link() + "' is not among --interface");
      }
    }
    List<InetAddress> own = new ArrayList<>();
    for (String address : addresses) {
      own.add(RunOptions.address(address));
    }
    SharesConfig config = shares.toConfig();
    return new RunPlan.Wishes(
        self(),
        interfaces,
        weights,
        own,
        firstPort(),
        RunOptions.reversePath(reversePath),
        config.wish().map(ShareWish::resolve),
        config.freeFloor(),
        leaf(),
        userspace());
  }

  private NodeId self() throws IOException, MalformedBytesException {
    if (publicKey == null) {
      return key.load(io()).nodeId();
    }
    try {
      return NodeId.parse(publicKey);
    } catch (MalformedBytesException unfit) {
      throw new UserErrorException("--public-key: " + unfit.getMessage());
    }
  }

  private static void weighed(String text, Map<NeighborId, Double> weights) {
    int percent = text.indexOf('%');
    int equals = text.indexOf('=', Math.max(0, percent));
    String link =
        percent < 0 ? "" : text.substring(percent + 1, equals < 0 ? text.length() : equals);
    if (!link.matches("[A-Za-z0-9._:@+-]{1,15}")) {
      throw new UserErrorException("--neighbor: '" + text + "' is not KEY%IF or KEY%IF=WEIGHT");
    }
    try {
      NeighborId id = new NeighborId(NodeId.parse(text.substring(0, percent)), link);
      double weight = equals < 0 ? 1 : Double.parseDouble(text.substring(equals + 1));
      if (!(weight >= 0 && weight <= Claim.MAX_WEIGHT)) {
        throw new UserErrorException("--neighbor: " + weight + " is not a weight");
      }
      weights.put(id, weight);
    } catch (MalformedBytesException unfit) {
      throw new UserErrorException("--neighbor: " + text + ": " + unfit.getMessage());
    } catch (NumberFormatException noNumber) {
      throw new UserErrorException("--neighbor: '" + text + "': the weight is no number");
    }
  }

  private int firstPort() {
    if (firstPort < 1 || firstPort + neighbors.size() > 65_536) {
      throw new UserErrorException(
          "--first-port: " + firstPort + " leaves no room for the tunnels");
    }
    return firstPort;
  }

  private Leaf leaf() {
    for (Leaf each : Leaf.values()) {
      if (each.kind().equals(leaf.toLowerCase(Locale.ROOT))) {
        return each;
      }
    }
    throw new UserErrorException(
        "--leaf: '" + leaf + "' is none of cake, fq_codel, sfq, bfifo and pfifo");
  }

  private boolean userspace() {
    return switch (backend) {
      case "kernel" -> false;
      case "wireguard-go" -> true;
      default ->
          throw new UserErrorException(
              "--backend: '" + backend + "' is neither kernel nor wireguard-go");
    };
  }
}
