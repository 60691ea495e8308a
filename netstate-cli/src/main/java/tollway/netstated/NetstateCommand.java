// SPDX-License-Identifier: Apache-2.0
package tollway.netstated;

import picocli.CommandLine.Command;
import tollway.cli.CliIo;
import tollway.cli.RootCommand;

/** The command tree of {@code netstate}. */
@Command(
    name = "netstate",
    description = "Collects what the network's parts report, and shows it.",
    subcommands = {ServeCommand.class, WatchCommand.class})
final class NetstateCommand extends RootCommand {
  NetstateCommand(CliIo io) {
    super(io);
  }
}
