// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import picocli.CommandLine.Command;
import tollway.cli.CommandGroup;

/** {@code scrooge tunnel}: the tunnels of a running daemon. */
@Command(
    name = "tunnel",
    description = "See the daemon's tunnels.",
    subcommands = {TunnelListCommand.class})
final class TunnelCommand extends CommandGroup {}
