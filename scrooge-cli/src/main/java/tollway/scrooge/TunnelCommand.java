// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import picocli.CommandLine.Command;
import tollway.cli.CommandGroup;

/** {@code scrooge tunnel}: the tunnels of a running daemon. */
@Command(
    name = "tunnel",
    description = "See and change the daemon's tunnels.",
    subcommands = {
      TunnelListCommand.class,
      TunnelOpenCommand.class,
      TunnelRefreshCommand.class,
      TunnelCloseCommand.class,
    })
final class TunnelCommand extends CommandGroup {}
