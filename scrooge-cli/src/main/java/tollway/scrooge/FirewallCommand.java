// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import picocli.CommandLine.Command;
import tollway.cli.CommandGroup;

/** {@code scrooge firewall}: what this host forwards. */
@Command(
    name = "firewall",
    description = "See and check what this host forwards, as the kernel has it.",
    subcommands = {
      FirewallShowCommand.class,
      FirewallCheckCommand.class,
      FirewallRemoveCommand.class
    })
final class FirewallCommand extends CommandGroup {}
