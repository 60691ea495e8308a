// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import picocli.CommandLine.Command;
import tollway.cli.CommandGroup;

/** {@code freddie list}. */
@Command(
    name = "list",
    description = "Sign and check lists of freddies, fronts, STUN servers and hellos for clients.",
    subcommands = {ListSignCommand.class, ListCheckCommand.class})
final class ListCommand extends CommandGroup {}
