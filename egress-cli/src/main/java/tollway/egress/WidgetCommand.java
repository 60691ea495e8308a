// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import com.google.gson.JsonObject;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.cli.LogOption;
import tollway.cli.MetricsOption;
import tollway.cli.Subcommand;
import tollway.control.ControlEvents;
import tollway.identity.Identity;
import tollway.identity.NodeId;
import tollway.loop.NettyEventLoop;
import tollway.loop.NettyLoops;
import tollway.loop.StopSignal;
import tollway.loop.ThreadEventLoop;
import tollway.netstate.Edge;
import tollway.netstate.NetstateReporter;
import tollway.netstate.NodeReport;
import tollway.netstate.ReporterConfig;
import tollway.netstate.Role;
import tollway.pipeline.RelayJournal;
import tollway.pipeline.Standing;
import tollway.pipeline.Widget;
import tollway.pipeline.WidgetConfig;
import tollway.pipeline.WidgetFault;
import tollway.pipeline.WidgetListener;
import tollway.pipeline.WidgetSnapshot;
import tollway.pipeline.WidgetStatus;
import tollway.pipeline.WidgetVia;
import tollway.reach.ReachConfig;

/** {@code egress widget}: the volunteer. */
@Command(
    name = "widget",
    sortOptions = false,
    description = {
      "Lend your connection: relay for people who are cut off to the egresses of your invites, and"
          + " nowhere else. You cannot read what you relay, and you may leave at any time."
    },
    subcommands = {
      WidgetSetCommand.class,
      WidgetPauseCommand.class,
      WidgetResumeCommand.class,
      WidgetDrainCommand.class
    },
    footer = {
      "",
      "Limits can be changed while it runs, with 'egress widget set'; 'egress status' shows them."
    })
final class WidgetCommand extends Subcommand {
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final Duration GOODBYE = Duration.ofMillis(50);

  /** For a router to hear that it may close our ports; by UPnP that is a connection of its own. */
  private static final Duration ROUTER_GOODBYE = Duration.ofMillis(250);

  @Mixin private InviteSource invites = new InviteSource();

  @Option(
      names = "--via",
      paramLabel = "WAY",
      defaultValue = "egress",
      description =
          "How you get on to the egress: egress (you connect to it), volunteers (by way of another"
              + " volunteer, found for each person when they come) or auto (either, as people ask;"
              + " default: ${DEFAULT-VALUE}).")
  private WidgetVia via = WidgetVia.EGRESS;

  @Mixin private ReachOptions reach = new ReachOptions();
  @Mixin private LimitOptions limits = new LimitOptions();
  @Mixin private ControlOption control = new ControlOption();
  @Mixin private MetricsOption metrics = new MetricsOption();
  @Mixin private LogOption log = new LogOption();

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description =
          "Where a quota is counted, and which freddie was reached last (default: ~/"
              + InviteOptions.STATE_DEFAULT
              + ").")
  private @Nullable Path state;

  @Mixin private AuthorityOption authorities = new AuthorityOption();
  @Mixin private PortOption ports = new PortOption();
  @Mixin private StunOption stun = new StunOption();

  @Option(
      names = "--map-ports",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description =
          "Ask the router at home (PCP, NAT-PMP, UPnP) to let people in to the ports of their data"
              + " channels, each for as long as it lasts (default: it is asked).")
  private boolean mapPorts;

  @Mixin private ReportOptions reports = new ReportOptions();

  @Option(
      names = "--include-loopback",
      description = "Also meet people on this host, by its loopback addresses: for labs.")
  private boolean includeLoopback;

  @Option(names = "--json", description = "Say what happens as JSON objects, one a line.")
  private boolean json;

  @Override
  public Integer call() throws IOException, CommandFailedException, InterruptedException {
    log.begin();
    Path directory = InviteOptions.stateDirectory(state, io().environment());
    ReachConfig reaching = reach.toConfig(directory, true);
    WidgetConfig config =
        new WidgetConfig(
            invites.all(io()),
            reaching,
            via,
            limits.toLimits(),
            reports.tag(),
            authorities.roots(),
            ports.ports(),
            mapPorts,
            includeLoopback,
            stun.choice(directory));
    Path socket = control.socket(DaemonRole.WIDGET, io().environment());
    Optional<InetSocketAddress> page = metrics.address();
    Optional<ReporterConfig> reporting = reports.toConfig(io());
    Identity identity = Identity.generate(new SecureRandom());
    Optional<NetstateReporter> reporter = ReportOptions.start(reporting);
    StopSignal stop = new StopSignal();
    try (NettyLoops loops = new NettyLoops(1);
        ThreadEventLoop os = new ThreadEventLoop("os")) {
      NettyEventLoop loop = loops.next();
      Says says = new Says(identity);
      Widget widget = Widget.create(loop, config, identity, says);
      WidgetDesk desk = new WidgetDesk(widget, loop, os, directory, says::present);
      Optional<RelayJournal> journal =
          config.limits().hasQuota() ? Optional.of(desk.journal()) : Optional.empty();
      boolean metered = MeteredWatch.look();
      try (RoleControl open = RoleControl.open(DaemonRole.WIDGET, socket, loop, stop, desk)) {
        Closeable shown = MetricsPage.open(page, desk::measure);
        stop.installed();
        says.control = open;
        loop.execute(
            () -> {
              journal.ifPresent(widget::countIn);
              widget.metered(metered);
              widget.start();
            });
        MeteredWatch.start(os, now -> loop.execute(() -> widget.metered(now)));
        reporter.ifPresent(to -> report(loop, widget, identity.nodeId(), to));
        HourLine hour = new HourLine("widget", "new people", io().err());
        loop.every(HourLine.HOUR, () -> tell(hour, widget.status()));
        stop.await();
        open.stopping();
        close(widget, loop, os);
        shown.close();
      }
    } finally {
      reporter.ifPresent(NetstateReporter::close);
    }
    stop.stopped(ExitCode.DONE);
    return ExitCode.DONE;
  }

  private static void tell(HourLine hour, WidgetStatus status) {
    long people = status.slots().size();
    for (long ended : status.ends().values()) {
      people += ended;
    }
    hour.tell(people, status.traffic().up(), status.traffic().down());
  }

  /** Leaves everybody, and waits until they were told and the last count is on the disk. */
  private void close(Widget widget, NettyEventLoop loop, ThreadEventLoop os)
      throws InterruptedException {
    CountDownLatch left = new CountDownLatch(1);
    loop.execute(
        () -> {
          widget.close();
          os.execute(() -> loop.schedule(mapPorts ? ROUTER_GOODBYE : GOODBYE, left::countDown));
        });
    left.await(1, TimeUnit.SECONDS);
  }

  private void report(NettyEventLoop loop, Widget widget, NodeId own, NetstateReporter reporter) {
    Rates consumers = new Rates(loop.nanoTime());
    Rates egresses = new Rates(loop.nanoTime());
    Rates volunteers = new Rates(loop.nanoTime());
    loop.every(
        LOOK,
        () -> {
          long now = loop.nanoTime();
          WidgetSnapshot seen = widget.snapshot();
          List<Edge> edges = new ArrayList<>(egresses.edges(seen.egresses(), Role.EGRESS, now));
          edges.addAll(volunteers.edges(seen.volunteers(), Role.WIDGET, now));
          edges.addAll(consumers.edges(seen.people(), Role.DESKTOP, now));
          Set<NodeId> told = new HashSet<>();
          edges.removeIf(edge -> !told.add(edge.peer())); // A volunteer may help us and be helped.
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
    private volatile @Nullable RoleControl control;
    private String last = "";
    private @Nullable JsonObject readiness;

    Says(Identity identity) {
      this.identity = identity;
    }

    /** What was told last of whether we are ready. */
    List<JsonObject> present() {
      JsonObject told = readiness;
      return told == null ? List.of() : List.of(told);
    }

    @Override
    public void readiness(boolean ready, String why) {
      JsonObject line = ControlEvents.event(ready ? "ready" : "waiting");
      line.addProperty("node", identity.nodeId().base64());
      line.addProperty("why", why);
      readiness = line;
      tell(line, ready ? why : "waiting: " + why);
    }

    @Override
    public void helping(int helped, String what) {
      JsonObject line = ControlEvents.event("helping");
      line.addProperty("people", helped);
      line.addProperty("what", what);
      tell(line, "helping " + helped + " (" + what + ")");
    }

    @Override
    public void limited(Standing standing) {
      JsonObject line = ControlEvents.event("limits");
      line.addProperty("standing", Causes.word(standing));
      publish(line);
    }

    @Override
    public void fault(WidgetFault fault) {
      JsonObject line = ErrorLine.of(fault).event();
      if (json) {
        io().out().println(line);
      }
      publish(line);
    }

    /** Trouble that goes on is told once. */
    private void tell(JsonObject event, String text) {
      if (!text.equals(last)) {
        last = text;
        if (json) {
          io().out().println(event);
        } else {
          io().err().println("widget: " + text);
        }
        publish(event);
      }
    }

    private void publish(JsonObject event) {
      RoleControl open = control;
      if (open != null) {
        open.publish(event);
      }
    }
  }
}
