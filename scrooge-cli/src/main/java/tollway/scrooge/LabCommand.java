// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import picocli.CommandLine.Command;
import tollway.cli.CommandGroup;

/** {@code scrooge lab …}. */
@Command(
    name = "lab",
    description = "Build meshes in network namespaces and see whether they hold.",
    subcommands = {
      LabListCommand.class,
      LabRunCommand.class,
      LabShowCommand.class,
      LabCleanCommand.class,
      LabAgentCommand.class,
    })
final class LabCommand extends CommandGroup {}
