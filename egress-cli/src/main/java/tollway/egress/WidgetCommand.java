// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;
import tollway.cli.UserErrorException;
import tollway.identity.Identity;
import tollway.identity.NodeId;
import tollway.loop.NettyEventLoop;
import tollway.loop.NettyLoops;
import tollway.loop.StopSignal;
import tollway.netstate.Edge;
import tollway.netstate.NetstateReporter;
import tollway.netstate.NodeReport;
import tollway.netstate.ReporterConfig;
import tollway.netstate.Role;
import tollway.pipeline.Widget;
import tollway.pipeline.WidgetConfig;
import tollway.pipeline.WidgetListener;
import tollway.pipeline.WidgetSnapshot;
import tollway.signaling.Advert;

/** {@code egress widget}: the volunteer. */
@Command(
    name = "widget",
    sortOptions = false,
    description = {
      "Lend your connection: relay for people who are cut off to the egresses of your invites, and"
          + " nowhere else. You cannot read what you relay, and you may leave at any time."
    })
final class WidgetCommand extends Subcommand {
  private static final Duration LOOK = Duration.ofSeconds(1);

  @Mixin private InviteSource invites = new InviteSource();

  @Option(
      names = "--slots",
      paramLabel = "N",
      defaultValue = "5",
      description = "People at once (default: ${DEFAULT-VALUE}).")
  private int slots;

  @Mixin private ReportOptions reports = new ReportOptions();

  @Option(
      names = "--include-loopback",
      description = "Also meet people on this host, by its loopback addresses: for labs.")
  private boolean includeLoopback;

  @Option(names = "--json", description = "Say what happens as JSON objects, one a line.")
  private boolean json;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (slots < 1 || slots > Advert.MAX_SLOTS) {
      throw new UserErrorException("--slots: give a number from 1 to " + Advert.MAX_SLOTS);
    }
    WidgetConfig config =
        new WidgetConfig(invites.all(io()), slots, reports.tag(), includeLoopback);
    Optional<ReporterConfig> reporting = reports.toConfig(io());
    Identity identity = Identity.generate(new SecureRandom());
    Optional<NetstateReporter> reporter = ReportOptions.start(reporting);
    StopSignal stop = new StopSignal().installed();
    try (NettyLoops loops = new NettyLoops(1)) {
      NettyEventLoop loop = loops.next();
      CompletableFuture<Widget> started = new CompletableFuture<>();
      loop.execute(
          () -> started.complete(Widget.start(loop, config, identity, new Says(identity))));
      Widget widget = started.join();
      reporter.ifPresent(to -> report(loop, widget, identity.nodeId(), to));
      stop.await();
      CountDownLatch left = new CountDownLatch(1);
      loop.execute(
          () -> {
            widget.close();
            loop.schedule(Duration.ofMillis(50), left::countDown);
          });
      left.await(1, TimeUnit.SECONDS);
    } finally {
      reporter.ifPresent(NetstateReporter::close);
    }
    stop.stopped(ExitCode.DONE);
    return ExitCode.DONE;
  }

  private void report(NettyEventLoop loop, Widget widget, NodeId own, NetstateReporter reporter) {
    Rates consumers = new Rates(loop.nanoTime());
    Rates egresses = new Rates(loop.nanoTime());
    loop.every(
        LOOK,
        () -> {
          long now = loop.nanoTime();
          WidgetSnapshot seen = widget.snapshot();
          List<Edge> edges = new ArrayList<>(egresses.edges(seen.egresses(), Role.EGRESS, now));
          edges.addAll(consumers.edges(seen.people(), Role.DESKTOP, now));
          reporter.update(
              new NodeReport(
                  own,
                  Role.WIDGET,
                  reports.tag(),
                  edges.subList(0, Math.min(edges.size(), NodeReport.MAX_EDGES))));
        });
  }

  /** Tells the volunteer what happens. On the widget's loop. */
  private final class Says implements WidgetListener {
    private final Identity identity;
    private String last = "";

    Says(Identity identity) {
      this.identity = identity;
    }

    @Override
    public void readiness(boolean ready, String why) {
      if (json) {
        JsonObject line = new JsonObject();
        line.addProperty("event", ready ? "ready" : "waiting");
        line.addProperty("node", identity.nodeId().base64());
        line.addProperty("why", why);
        print(line.toString(), io().out());
      } else {
        print("widget: " + (ready ? why : "waiting: " + why), io().err());
      }
    }

    @Override
    public void helping(int helped, String what) {
      if (json) {
        JsonObject line = new JsonObject();
        line.addProperty("event", "helping");
        line.addProperty("people", helped);
        line.addProperty("what", what);
        print(line.toString(), io().out());
      } else {
        print("widget: helping " + helped + " (" + what + ")", io().err());
      }
    }

    /** Trouble that goes on is told once. */
    private void print(String line, java.io.PrintWriter to) {
      if (!line.equals(last)) {
        last = line;
        to.println(line);
      }
    }
  }
}
