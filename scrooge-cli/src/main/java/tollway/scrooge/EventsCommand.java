// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tollway.cli.CommandFailedException;
import tollway.cli.DurationText;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;
import tollway.cli.UserErrorException;

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

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "EVENT",
      description = "Show these and no others.")
  private List<String> only = new ArrayList<>();

  @Option(names = "--until", paramLabel = "EVENT", description = "End after this one.")
  private @Nullable String until;

  @Option(
      names = "--wait",
      paramLabel = "TIME",
      description = "End after this time; before --until came, with exit code 1.")
  private @Nullable String wait;

  @Override
  public Integer call() throws IOException, CommandFailedException, InterruptedException {
    for (String name : only) {
      check("--only", name);
    }
    if (until != null) {
      check("--until", until);
      if (!only.isEmpty() && !only.contains(until)) {
        throw new UserErrorException("--until: '" + until + "' is not among --only");
      }
    }
    @Nullable Duration limit = wait == null ? null : DurationText.parse("--wait", wait);
    EventReader reader =
        new EventReader(
            this::show,
            until == null ? null : "event '" + until + "'",
            event -> event.get("event").getAsString().equals(until));
    daemon.follow(only, reader, limit, () -> true);
    return ExitCode.DONE;
  }

  private static void check(String option, String name) {
    if (!NodeEvents.KINDS.contains(name)) {
      throw new UserErrorException(
          option + ": '" + name + "' is none of " + String.join(", ", NodeEvents.KINDS));
    }
  }

  /** False when nobody reads our output any more. */
  private boolean show(JsonObject event) {
    if (!only.isEmpty() && !only.contains(event.get("event").getAsString())) {
      return true; // That the daemon stops, for instance.
    }
    io().out().println(daemon.json() ? event.toString() : EventText.line(event));
    return !io().out().checkError();
  }
}
