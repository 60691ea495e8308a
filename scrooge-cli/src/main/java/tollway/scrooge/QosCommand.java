// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import picocli.CommandLine.Command;
import tollway.cli.CommandGroup;

/** {@code scrooge qos}. */
@Command(
    name = "qos",
    description = "Show what neighbours are promised and what they get.",
    subcommands = {QosShowCommand.class})
final class QosCommand extends CommandGroup {}
