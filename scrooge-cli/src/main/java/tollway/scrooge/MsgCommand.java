// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import picocli.CommandLine.Command;
import tollway.cli.CommandGroup;

/** {@code scrooge msg}: the messages between neighbours, offline. */
@Command(
    name = "msg",
    description = "Make and check messages between neighbours, offline.",
    subcommands = {
      MsgFormatCommand.class,
      MsgSignCommand.class,
      MsgVerifyCommand.class,
      MsgParseCommand.class,
    })
final class MsgCommand extends CommandGroup {}
