// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import picocli.CommandLine.Command;
import tollway.cli.CliIo;
import tollway.cli.RootCommand;

/** The command tree of {@code freddie}. */
@Command(
    name = "freddie",
    description = "Where people and volunteers find each other: a signaling server.",
    subcommands = {
      ServeCommand.class,
      TopCommand.class,
      StunCommand.class,
      ListCommand.class,
      PuzzleCommand.class,
      DoctorCommand.class
    })
final class FreddieCommand extends RootCommand {
  FreddieCommand(CliIo io) {
    super(io);
  }
}
