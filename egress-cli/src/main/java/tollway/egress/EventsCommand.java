// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;
import tollway.console.EventChoice;

/** {@code egress events}. */
@Command(
    name = "events",
    description = "Show what happens in a daemon, as it happens.",
    footer = {
      "",
      "First comes what is so already, marked 'now'. Ctrl-C ends it.",
      "Events of a widget: ready, waiting, helping, limits, error; of a desktop: connected,"
          + " disconnected, trouble, error, refused; of serve: load, errors; of all: stopping, and"
          + " cut_off for who reads too slowly."
    })
final class EventsCommand extends Subcommand {
  private static final List<String> KINDS =
      List.of(
          "ready",
          "waiting",
          "helping",
          "limits",
          "connected",
          "disconnected",
          "trouble",
          "error",
          "refused",
          "load",
          "errors",
          "stopping",
          "cut_off");

  @Mixin private DaemonChoice daemon = new DaemonChoice();
  @Mixin private EventChoice choice = new EventChoice();

  @Override
  public Integer call() throws IOException, CommandFailedException, InterruptedException {
    choice.check(KINDS);
    choice.print(daemon.one(io().environment()), daemon.json(), io().out());
    return ExitCode.DONE;
  }
}
