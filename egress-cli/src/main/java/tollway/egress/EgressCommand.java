// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import picocli.CommandLine.Command;
import tollway.cli.CliIo;
import tollway.cli.RootCommand;

/** The command tree of {@code egress}. */
@Command(
    name = "egress",
    subcommands = {
      ServeCommand.class,
      InviteCommand.class,
      WidgetCommand.class,
      DesktopCommand.class
    })
final class EgressCommand extends RootCommand {
  EgressCommand(CliIo io) {
    super(io);
  }
}
