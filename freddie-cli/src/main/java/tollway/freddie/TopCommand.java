// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.io.IOException;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;
import tollway.console.LiveScreen;
import tollway.loop.StopSignal;

/** {@code freddie top}: a running freddie's business, drawn anew every second. */
@Command(
    name = "top",
    sortOptions = false,
    description = "Watch a freddie: who is there, who waits, how many pairs a second.",
    footer = {
      "",
      "Reads /metrics, every second, until interrupted. Where output is no terminal each look is"
          + " printed below the one before.",
      "",
      "Exit codes: 0 done, 2 a wrong address, 3 no freddie answers there."
    })
final class TopCommand extends Subcommand {
  private static final Duration PAUSE = Duration.ofSeconds(1);

  @Parameters(
      arity = "0..1",
      paramLabel = "URL",
      defaultValue = "http://127.0.0.1:8480",
      description = "Of the freddie (default: ${DEFAULT-VALUE}).")
  private String url = "";

  @Mixin private AuthorityOption authority = new AuthorityOption();

  @Option(names = "--once", description = "Look once: the rate is that of one second.")
  private boolean once;

  @Option(names = "--json", description = "One JSON object a look.")
  private boolean json;

  @Override
  public Integer call() throws IOException, CommandFailedException, InterruptedException {
    MetricsReader reader = MetricsReader.of(url, authority.authorities());
    Activity activity = new Activity(url);
    activity.add(read(reader), System.nanoTime());
    StopSignal stop = new StopSignal().installed();
    boolean drawn = false;
    try (LiveScreen screen = json || once ? LiveScreen.none() : LiveScreen.open()) {
      while (!stop.await(PAUSE)) {
        activity.add(read(reader), System.nanoTime());
        drawn = show(screen, activity);
        if (once || io().out().checkError()) {
          break; // Of a pipe whose reader has gone, too.
        }
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

  private boolean show(LiveScreen screen, Activity activity) {
    boolean drawn = screen.draw(activity.lines(screen.width()));
    if (!drawn && json) {
      io().out().println(activity.json());
    } else if (!drawn) {
      activity.lines(LiveScreen.WIDTH).forEach(io().out()::println);
    }
    io().out().flush();
    return drawn;
  }

  private static MetricsText read(MetricsReader reader) throws CommandFailedException {
    try {
      return reader.read();
    } catch (IOException unreachable) {
      throw new CommandFailedException(
          ExitCode.UNAVAILABLE, reader + ": " + unreachable.getMessage());
    }
  }
}
