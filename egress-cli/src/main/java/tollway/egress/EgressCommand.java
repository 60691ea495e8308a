// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import picocli.CommandLine.Command;
import tollway.cli.CliIo;
import tollway.cli.RootCommand;

/** The command tree of {@code egress}. */
@Command(
    name = "egress",
    description = "The proxy chain: a local proxy, the volunteer's relay, and the exit.",
    footer = {
      "",
      "Files:",
      "  ~/.local/state/tollway/egress/identity.pem  the private key of 'egress serve'",
      "  ~/.local/state/tollway/egress/invite        what 'egress invite' shows",
      "  ~/.local/state/tollway/egress/widget        what a widget relayed each day"
    },
    subcommands = {
      ServeCommand.class,
      InviteCommand.class,
      WidgetCommand.class,
      DesktopCommand.class,
      DoctorCommand.class,
      SpeedtestCommand.class,
      PtCommand.class,
      StatusCommand.class,
      EventsCommand.class,
      ShellCommand.class,
      StopCommand.class
    })
final class EgressCommand extends RootCommand {
  EgressCommand(CliIo io) {
    super(io);
  }
}
