// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import picocli.CommandLine.Command;
import tollway.cli.CliIo;
import tollway.cli.RootCommand;

/** The command tree of {@code freddie}. */
@Command(
    name = "freddie",
    subcommands = {ServeCommand.class})
final class FreddieCommand extends RootCommand {
  FreddieCommand(CliIo io) {
    super(io);
  }
}
