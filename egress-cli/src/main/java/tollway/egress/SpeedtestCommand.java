// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.cli.StandardError;
import tollway.cli.Subcommand;
import tollway.cli.UserErrorException;
import tollway.console.Daemon;
import tollway.loop.ListenException;
import tollway.loop.NettyLoops;
import tollway.pipeline.Desktop;
import tollway.pipeline.DesktopListener;
import tollway.pipeline.SpeedProgress;
import tollway.pipeline.SpeedResult;
import tollway.pipeline.StunChoice;
import tollway.session.TransportKind;

/** {@code egress speedtest}. */
@Command(
    name = "speedtest",
    sortOptions = false,
    description =
        "Measure the way through volunteers to the egress and back: round trip, down and up. The"
            + " egress itself is the other end, and nobody else learns of it.",
    footer = {
      "",
      "Without an invite the 'egress desktop' that runs here measures, over the volunteers that it"
          + " has; else a desktop is started for the time of the test.",
      "Exit code 0: measured; 1: no way to the egress, or it does not want to."
    })
final class SpeedtestCommand extends Subcommand {
  /** As long as a desktop may need to reach its egress. */
  private static final Duration REACH = Duration.ofSeconds(15);

  /** Both ways, besides their seconds. */
  private static final Duration SLACK = Duration.ofSeconds(30);

  @Mixin private InviteSource invites = new InviteSource();
  @Mixin private ReachOptions reach = new ReachOptions();
  @Mixin private WayOptions way = new WayOptions();

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "5",
      description = "For how long each way, 1 to 30 (default: ${DEFAULT-VALUE}).")
  private String seconds = "";

  @Option(
      names = "--control",
      paramLabel = "SOCKET",
      description = "The running desktop that listens there shall measure.")
  private @Nullable Path control;

  @Option(names = "--json", description = "Print one JSON object instead.")
  private boolean json;

  @Override
  public Integer call() throws IOException, CommandFailedException, InterruptedException {
    int each = SpeedText.seconds(seconds);
    way.check();
    if (control != null && invites.isNamed()) {
      throw new UserErrorException("--control and an invite: give one of them");
    }
    boolean running = control != null || !invites.isGiven(io());
    JsonObject measured = running ? byDaemon(each) : byOneOfOurOwn(each);
    if (json) {
      io().out().println(measured);
    } else {
      SpeedText.print(measured, io().out());
    }
    return ExitCode.DONE;
  }

  private JsonObject byDaemon(int each) throws IOException, CommandFailedException {
    Daemon desktop =
        DaemonChoice.only(
            DaemonChoice.find(List.of(DaemonRole.DESKTOP), control, io().environment()));
    JsonObject arguments = new JsonObject();
    arguments.addProperty("seconds", String.valueOf(each));
    return desktop.ask("speedtest", arguments, SLACK.plusSeconds(2L * each));
  }

  private JsonObject byOneOfOurOwn(int each)
      throws IOException, CommandFailedException, InterruptedException {
    Reached reached = new Reached();
    try (NettyLoops loops = new NettyLoops(1)) {
      Desktop desktop =
          Desktop.start(
              loops,
              way.toConfig(
                  invites.only(io()),
                  reach.toConfig(InviteOptions.stateDirectory(null, io().environment()), false),
                  StunChoice.USUAL,
                  Optional.empty(),
                  Optional.empty()),
              reached);
      try {
        await(reached.connected, REACH, reached);
        CompletableFuture<SpeedResult> test = desktop.speedTest(each, progress());
        SpeedResult measured = await(test, SLACK.plusSeconds(2L * each), reached);
        endProgress();
        return SpeedText.json(measured);
      } finally {
        desktop.close().join();
      }
    } catch (ListenException refused) {
      throw CommandFailedException.refusedByHost(refused, refused.denied());
    }
  }

  private static <T> T await(CompletableFuture<T> future, Duration limit, Reached reached)
      throws CommandFailedException, InterruptedException {
    try {
      return future.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException late) {
      throw new CommandFailedException(
          ExitCode.FAILED, "not measured in time: " + reached.last + "; see 'egress doctor'");
    } catch (ExecutionException failed) {
      throw new CommandFailedException(ExitCode.FAILED, SpeedText.why(failed));
    }
  }

  /** A line that is written again and again, for who sits there. */
  private SpeedProgress progress() {
    return isWatched()
        ? (down, bits) ->
            io().err()
                .printf(Locale.ROOT, "\r%-11s %.1f Mbit/s   ", down ? "down" : "up", bits / 1e6)
                .flush()
        : SpeedProgress.UNSEEN;
  }

  private void endProgress() {
    if (isWatched()) {
      io().err().print("\r" + " ".repeat(40) + "\r");
      io().err().flush();
    }
  }

  private boolean isWatched() {
    return !json && StandardError.isTerminal();
  }

  /** How far the desktop came. */
  private static final class Reached implements DesktopListener {
    private final CompletableFuture<Void> connected = new CompletableFuture<>();
    private volatile String last = "no word from freddie";

    @Override
    public void connected(TransportKind transport) {
      connected.complete(null);
    }

    @Override
    public void disconnected(String why) {
      last = why;
    }

    @Override
    public void trouble(String what) {
      last = what;
    }
  }
}
