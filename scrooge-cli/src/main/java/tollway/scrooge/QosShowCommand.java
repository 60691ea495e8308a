// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;
import tollway.console.LiveScreen;
import tollway.loop.StopSignal;

/** {@code scrooge qos show}. */
@Command(
    name = "show",
    description = "Show what neighbours are promised and what they got in the last second.",
    footer = {
      "",
      "PROMISED: what it gets whenever it asks. DUE: what it should get now, when it",
      "wants more than it gets and others leave some. ERROR: how far it is from that.",
      "BACKLOG: what waits now; DROPS: packets in that second."
    })
final class QosShowCommand extends Subcommand {
  private static final Duration PAUSE = Duration.ofSeconds(1);

  @Mixin private ControlOptions daemon = new ControlOptions();

  @Option(names = "--live", description = "Go on, every second, until interrupted.")
  private boolean live;

  @Override
  public Integer call() throws IOException, CommandFailedException, InterruptedException {
    if (!live) {
      print(daemon.ask("qos"));
      return ExitCode.DONE;
    }
    JsonObject first = daemon.ask("qos"); // A daemon that is not there is told as ever.
    StopSignal stop = new StopSignal().installed();
    boolean drawn = false;
    try (LiveScreen screen = daemon.json() ? LiveScreen.none() : LiveScreen.open()) {
      drawn = show(screen, first);
      while (!io().out().checkError() && !stop.await(PAUSE)) {
        show(screen, daemon.ask("qos"));
      }
    } finally {
      if (drawn) {
        io().out().println(); // Whatever comes next begins below the last picture.
      }
      io().out().flush();
      stop.stopped(ExitCode.DONE);
    }
    return ExitCode.DONE;
  }

  private boolean show(LiveScreen screen, JsonObject answer) {
    boolean drawn = screen.draw(QosView.of(answer, screen.width()));
    if (!drawn) {
      print(answer);
      io().out().flush();
    }
    return drawn;
  }

  private void print(JsonObject answer) {
    if (daemon.json()) {
      io().out().println(answer);
    } else {
      QosView.of(answer, LiveScreen.WIDTH).forEach(io().out()::println);
    }
  }
}
