// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import picocli.CommandLine.Command;
import tollway.cli.CliIo;
import tollway.cli.RootCommand;

/** The command tree of {@code scrooge}. */
@Command(
    name = "scrooge",
    description = "Finds neighbours, makes a tunnel with each, forwards only between tunnels.",
    footer = {
      "",
      "Files:",
      "  /etc/tollway/identity.pem        the private key (--key) of root",
      "  ~/.config/tollway/identity.pem   the private key of other users",
      "  /var/lib/tollway/scrooge         what must outlive the daemon (run --state)",
      "  /run/tollway/scrooge.sock        where the daemon listens (--control)"
    },
    subcommands = {
      KeygenCommand.class,
      KeyCommand.class,
      HelloCommand.class,
      RunCommand.class,
      StatusCommand.class,
      NeighborsCommand.class,
      NeighborCommand.class,
      TunnelCommand.class,
      EventsCommand.class,
      WeightCommand.class,
      ShareCommand.class,
      QosCommand.class,
      ExplainCommand.class,
      ShellCommand.class,
      FirewallCommand.class,
      UsageCommand.class,
      ReceiptsCommand.class,
      StopCommand.class,
      MsgCommand.class,
      DecodeCommand.class,
      PlanCommand.class,
      DoctorCommand.class,
      LabCommand.class,
    })
final class ScroogeCommand extends RootCommand {
  ScroogeCommand(CliIo io) {
    super(io);
  }
}
