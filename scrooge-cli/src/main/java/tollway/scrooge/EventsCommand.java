// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;
import tollway.console.EventChoice;

/** {@code scrooge events}. */
@Command(
    name = "events",
    description = "Show what happens in the daemon, as it happens.",
    footer = {
      "",
      "First comes what is so already, marked 'now'. Ctrl-C ends it. Events: neighbor,",
      "tunnel_up, tunnel_down, link_up, link_down, policy_repaired, drops, share,",
      "stopping, and cut_off for who reads too slowly. 'scrooge events --until tunnel_up",
      "--wait 10s' waits for a tunnel."
    })
final class EventsCommand extends Subcommand {
  @Mixin private ControlOptions daemon = new ControlOptions();

  @Mixin private EventChoice choice = new EventChoice();

  @Override
  public Integer call() throws IOException, CommandFailedException, InterruptedException {
    choice.check(NodeEvents.KINDS);
    choice.print(daemon.daemon(), daemon.json(), io().out());
    return ExitCode.DONE;
  }
}
