// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;
import tollway.cli.UserErrorException;
import tollway.link.LinkConfig;

/** {@code scrooge firewall remove}. */
@Command(
    name = "remove",
    description = "Take the policy away: this host forwards again as it did without us.",
    footer = {
      "",
      "For a host whose daemon crashed and shall not run again: while tunnels of it",
      "stand, what comes through them is forwarded anywhere. 'scrooge run' removes the",
      "policy itself when it stops. Other nftables tables are left alone. Needs root."
    })
final class FirewallRemoveCommand extends Subcommand {
  @Mixin private ControlOptions daemon = new ControlOptions();

  @Option(
      names = "--force",
      description = "Also while the daemon runs, which puts it back within 5 s.")
  private boolean force;

  @Override
  public Integer call() throws IOException, CommandFailedException {
    if (!force && daemon.askIfThere("status").isPresent()) {
      throw new UserErrorException(
          "the daemon runs and needs its policy: 'scrooge stop' removes both");
    }
    if (!force && isTaken(LinkConfig.PORT)) {
      throw new UserErrorException(
          "UDP port "
              + LinkConfig.PORT
              + " is in use here: a scrooge that runs would put its policy back. Give its"
              + " --control, or --force");
    }
    KernelPolicy.use(
        firewall -> {
          if (!firewall.stands()) {
            throw new CommandFailedException(ExitCode.FAILED, "no forwarding policy stands here");
          }
          firewall.remove();
          return ExitCode.DONE;
        });
    if (daemon.json()) {
      io().out().println("{\"removed\":true}");
    }
    return ExitCode.DONE;
  }

  private static boolean isTaken(int port) {
    try (DatagramSocket socket = new DatagramSocket(null)) {
      socket.setReuseAddress(false);
      socket.bind(new InetSocketAddress("::", port));
      return false;
    } catch (IOException taken) {
      return true;
    }
  }
}
