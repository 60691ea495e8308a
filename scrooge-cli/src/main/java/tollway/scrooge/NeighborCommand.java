// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import picocli.CommandLine.Command;
import tollway.cli.CommandGroup;

/** {@code scrooge neighbor}: single neighbours of a running daemon. */
@Command(
    name = "neighbor",
    description = "See one of the daemon's neighbours, and say whether to trust it.",
    footer = {
      "",
      "KEY is a public key, or the beginning of the only known one that begins so.",
      "What is said takes effect at once and outlives the daemon."
    },
    subcommands = {
      NeighborActionCommand.Show.class,
      NeighborActionCommand.Pin.class,
      NeighborActionCommand.Unpin.class,
      NeighborActionCommand.Allow.class,
      NeighborActionCommand.Block.class,
      NeighborActionCommand.Unblock.class,
      NeighborActionCommand.Forget.class,
    })
final class NeighborCommand extends CommandGroup {}
