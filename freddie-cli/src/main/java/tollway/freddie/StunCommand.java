// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import picocli.CommandLine.Command;
import tollway.cli.CommandGroup;

/** {@code freddie stun}. */
@Command(
    name = "stun",
    description = "Find and verify STUN servers.",
    subcommands = {StunCheckCommand.class, StunCrawlCommand.class, StunListCommand.class})
final class StunCommand extends CommandGroup {}
