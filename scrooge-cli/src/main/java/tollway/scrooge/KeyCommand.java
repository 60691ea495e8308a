// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import picocli.CommandLine.Command;
import tollway.cli.CommandGroup;

/** {@code scrooge key}: what can be done with a key pair. */
@Command(
    name = "key",
    description = "Show or import this node's key pair.",
    subcommands = {KeyShowCommand.class, KeyImportCommand.class})
final class KeyCommand extends CommandGroup {}
