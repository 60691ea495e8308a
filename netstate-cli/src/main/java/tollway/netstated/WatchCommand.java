// SPDX-License-Identifier: Apache-2.0
package tollway.netstated;

import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tollway.cli.CliIo;
import tollway.cli.CommandFailedException;
import tollway.cli.DurationText;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;
import tollway.cli.UserErrorException;
import tollway.loop.StopSignal;
import tollway.loop.ThreadEventLoop;
import tollway.netstate.ServerAddress;

/** {@code netstate watch}: the live map in a terminal, as lines, or as JSON. */
@Command(
    name = "watch",
    sortOptions = false,
    description = "Show live who helps whom: on the terminal, or as lines where there is none.",
    footer = {
      "",
      "Requests go along the arrows: ==> carries traffic at the rate shown, --> stands by. Who has a"
          + " question mark is known from its peers only. Keys: q or Ctrl-C quits; arrows, Page"
          + " Up/Down, Home and End scroll. Colours: only on a terminal, and not when NO_COLOR is"
          + " set. A server that was seen once is looked for until it is back."
    })
final class WatchCommand extends Subcommand {
  @Parameters(
      arity = "0..1",
      paramLabel = "URL",
      defaultValue = "http://" + ServeCommand.DEFAULT_LISTEN,
      description = "The netstate to watch (default: ${DEFAULT-VALUE}).")
  private String url = "";

  @Option(
      names = "--json",
      description =
          "One JSON object a line: {\"event\":\"graph\",...} for the present graph and each change"
              + " of it, {\"event\":\"lost\",\"why\":...} when the server is gone.")
  private boolean json;

  @Option(names = "--once", description = "Show the present graph and exit.")
  private boolean once;

  @Option(
      names = "--wait",
      paramLabel = "DURATION",
      defaultValue = "0s",
      description =
          "Keep trying so long for the first graph, such as 30s (default: ${DEFAULT-VALUE}).")
  private String wait = "0s";

  @Override
  public Integer call() throws IOException, CommandFailedException, InterruptedException {
    WatchConfig config = toConfig();
    StopSignal stop = new StopSignal();
    try (ThreadEventLoop loop = new ThreadEventLoop("netstate-watch")) {
      Optional<LiveScreen> screen = json || once ? Optional.empty() : screen(loop, config, stop);
      if (screen.isEmpty()) {
        stop.installed();
      }
      WatchView view = screen.isPresent() ? screen.get() : lines();
      new Watch(config, loop, stop, view).run();
    } finally {
      stop.stopped(ExitCode.DONE);
    }
    return ExitCode.DONE;
  }

  private WatchConfig toConfig() {
    try {
      return new WatchConfig(ServerAddress.parse(url), once, DurationText.parse("--wait", wait));
    } catch (IllegalArgumentException unfit) {
      throw new UserErrorException("URL: '" + url + "' is " + unfit.getMessage());
    }
  }

  private Optional<LiveScreen> screen(ThreadEventLoop loop, WatchConfig config, StopSignal stop)
      throws IOException {
    boolean colour = io().environment().getOrDefault("NO_COLOR", "").isEmpty();
    return LiveScreen.open(loop, "netstate " + config.server(), colour, stop::request);
  }

  private WatchView lines() {
    CliIo io = io();
    if (json) {
      return new JsonLines(io.out());
    }
    return once ? new TableOnce(io.out()) : new PlainLines(io.out(), io.err());
  }
}
