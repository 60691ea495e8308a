// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import picocli.CommandLine.Command;
import tollway.cli.CommandGroup;

/** {@code freddie stun}. */
@Command(
    name = "stun",
    description = "Verify STUN servers.",
    subcommands = {StunCheckCommand.class})
final class StunCommand extends CommandGroup {}
