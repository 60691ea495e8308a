// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import com.google.gson.JsonObject;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tollway.cli.CommandFailedException;
import tollway.cli.DurationText;
import tollway.cli.ExitCode;
import tollway.cli.HostPort;
import tollway.cli.LogOption;
import tollway.cli.MetricsOption;
import tollway.cli.Subcommand;
import tollway.control.ControlEvents;
import tollway.loop.ListenException;
import tollway.loop.NettyLoops;
import tollway.loop.StopSignal;
import tollway.netstate.NetstateReporter;
import tollway.netstate.NodeReport;
import tollway.netstate.ReporterConfig;
import tollway.netstate.Role;
import tollway.pipeline.Desktop;
import tollway.pipeline.DesktopConfig;
import tollway.pipeline.DesktopFault;
import tollway.pipeline.DesktopListener;
import tollway.reach.ReachConfig;
import tollway.session.TransportKind;

/** {@code egress desktop}: the end of a person who is cut off. */
@Command(
    name = "desktop",
    sortOptions = false,
    description = {
      "Reach the Internet through volunteers: a proxy for the programs of this computer, HTTP and"
          + " SOCKS5 (TCP and UDP) on one port. Only the egress of your invite can see where you go."
    },
    footer = {
      "",
      "Set it as proxy, for example: 'curl --proxy socks5h://127.0.0.1:8460 https://example.org/'.",
      "Browsers take http://127.0.0.1:8460/proxy.pac as automatic proxy configuration.",
      "While there is no way out, requests wait up to 20 s and then fail with the reason (HTTP 503,"
          + " SOCKS reply 4)."
    })
final class DesktopCommand extends Subcommand {
  private static final Duration LOOK = Duration.ofSeconds(1);

  @Mixin private InviteSource invites = new InviteSource();

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:8460",
      description = "Where the proxy listens (default: ${DEFAULT-VALUE}); port 0 is any free one.")
  private String listen = "";

  @Option(
      names = "--proxy-user-file",
      paramLabel = "FILE",
      description =
          "Who may use the proxy: USER:PASSWORD on one line, in a file that only its owner reads"
              + " (default: everybody who can connect).")
  private @Nullable Path proxyUserFile;

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description =
          "Where it is remembered which freddie was reached last (default: ~/"
              + InviteOptions.STATE_DEFAULT
              + ").")
  private @Nullable Path state;

  @Option(
      names = "--wait",
      paramLabel = "DURATION",
      description =
          "Give up with exit code 3 when the egress is not reached within this time, such as 30s"
              + " (default: never).")
  private @Nullable String wait;

  @Mixin private ReachOptions reach = new ReachOptions();
  @Mixin private WayOptions way = new WayOptions();
  @Mixin private StunOption stun = new StunOption();
  @Mixin private ControlOption control = new ControlOption();
  @Mixin private MetricsOption metrics = new MetricsOption();
  @Mixin private LogOption log = new LogOption();

  @Mixin private ReportOptions reports = new ReportOptions();

  @Option(names = "--json", description = "Say what happens as JSON objects, one a line.")
  private boolean json;

  @Override
  public Integer call() throws IOException, CommandFailedException, InterruptedException {
    log.begin();
    DesktopConfig config = toConfig();
    Optional<InetSocketAddress> page = metrics.address();
    Optional<ReporterConfig> reporting = reports.toConfig(io());
    String tag = reports.tag();
    Optional<NetstateReporter> reporter = ReportOptions.start(reporting);
    StopSignal stop = new StopSignal();
    Says says = new Says();
    Optional<Duration> limit =
        Optional.ofNullable(wait).map(text -> DurationText.parse("--wait", text));
    boolean gaveUp = false;
    try (NettyLoops loops = new NettyLoops(1)) {
      Desktop desktop = start(loops, config, says);
      DesktopDesk desk = new DesktopDesk(desktop, says::present);
      Closeable shown = MetricsPage.open(page, desk::measure);
      RoleControl open =
          RoleControl.open(
              DaemonRole.DESKTOP,
              control.socket(DaemonRole.DESKTOP, io().environment()),
              desktop.loop(),
              stop,
              desk);
      says.control = open;
      desktop.loop().every(LOOK, () -> desk.look(open::publish));
      HourLine hour = new HourLine("desktop", "connections", io().err());
      desktop.loop().every(HourLine.HOUR, () -> desk.tell(hour));
      stop.installed();
      HostPort at =
          new HostPort(
              desktop.address().getAddress().getHostAddress(), desktop.address().getPort());
      says.listening(at, desktop);
      warnIfOpen(config, at);
      reporter.ifPresent(to -> report(desktop, tag, to));
      if (limit.isPresent()) {
        gaveUp = !says.connected.await(limit.get().toMillis(), TimeUnit.MILLISECONDS);
      }
      if (!gaveUp) {
        stop.await();
      }
      open.stopping();
      desktop.close().join();
      shown.close();
      open.close();
    } finally {
      reporter.ifPresent(NetstateReporter::close);
    }
    int code = gaveUp ? ExitCode.UNAVAILABLE : ExitCode.DONE;
    if (gaveUp) {
      io().err().println("egress: not reached within " + wait + ": " + says.last);
    }
    stop.stopped(code);
    return code;
  }

  private Desktop start(NettyLoops loops, DesktopConfig config, Says says)
      throws CommandFailedException {
    try {
      return Desktop.start(loops, config, says);
    } catch (ListenException refused) {
      throw CommandFailedException.refusedByHost(refused, refused.denied());
    }
  }

  private DesktopConfig toConfig() throws IOException {
    Path directory = InviteOptions.stateDirectory(state, io().environment());
    ReachConfig reaching = reach.toConfig(directory, true);
    return way.toConfig(
        invites.only(io()),
        reaching,
        stun.choice(directory),
        Optional.of(HostPort.parse("--listen", listen).resolve("--listen")),
        proxyUserFile == null ? Optional.empty() : Optional.of(ProxyUserFile.read(proxyUserFile)));
  }

  private void warnIfOpen(DesktopConfig config, HostPort at) {
    boolean elsewhere =
        config.listen().filter(to -> !to.getAddress().isLoopbackAddress()).isPresent();
    if (config.user().isEmpty() && elsewhere) {
      io().err()
          .println(
              "desktop: warning: whoever reaches "
                  + at
                  + " can use this proxy: give --proxy-user-file, or listen on 127.0.0.1");
    }
  }

  private static void report(Desktop desktop, String tag, NetstateReporter reporter) {
    Rates rates = new Rates(desktop.loop().nanoTime());
    desktop
        .loop()
        .every(
            LOOK,
            () ->
                reporter.update(
                    new NodeReport(
                        desktop.nodeId(),
                        Role.DESKTOP,
                        tag,
                        rates.edges(desktop.snapshot(), Role.WIDGET, desktop.loop().nanoTime()))));
  }

  /** Tells the person what happens. */
  private final class Says implements DesktopListener {
    private record Word(JsonObject line, String text) {}

    private final CountDownLatch connected = new CountDownLatch(1);

    /** Before it is certain that we start, there is one thing to be said at most: why not. */
    private final List<Word> early = new ArrayList<>();

    private boolean ready;
    private volatile String last = "no word from freddie yet";
    private volatile @Nullable RoleControl control;
    private volatile @Nullable JsonObject present;

    /** What was told last. */
    List<JsonObject> present() {
      JsonObject told = present;
      return told == null ? List.of() : List.of(told);
    }

    void listening(HostPort at, Desktop desktop) {
      start(at, desktop);
      synchronized (early) {
        ready = true;
        early.forEach(each -> write(each.line(), each.text()));
      }
    }

    private void start(HostPort at, Desktop desktop) {
      if (json) {
        JsonObject line = new JsonObject();
        line.addProperty("event", "listening");
        line.addProperty("proxy", at.toString());
        line.addProperty("node", desktop.nodeId().base64());
        io().out().println(line);
      } else {
        io().err().println("desktop: the proxy (HTTP and SOCKS5) is at " + at);
      }
    }

    @Override
    public void connected(TransportKind transport) {
      connected.countDown();
      JsonObject line = ControlEvents.event("connected");
      line.addProperty("transport", transport.word());
      String text = "connected to the egress";
      if (transport == TransportKind.DTLS) {
        text += " over DTLS, for there is no QUIC here or there: slower where packets are lost";
      }
      say(line, text);
    }

    @Override
    public void disconnected(String why) {
      say("disconnected", "no way to the egress: " + why);
    }

    @Override
    public void trouble(String what) {
      say("trouble", what);
    }

    @Override
    public void fault(DesktopFault fault) {
      tell(ErrorLine.of(fault).event(), "");
    }

    private void say(String event, String text) {
      say(ControlEvents.event(event), text);
    }

    /** Trouble that goes on is told once. */
    private void say(JsonObject line, String text) {
      if (text.equals(last)) {
        return;
      }
      last = text;
      line.addProperty("text", text);
      present = line;
      tell(line, text);
    }

    private void tell(JsonObject line, String text) {
      synchronized (early) {
        if (ready) {
          write(line, text);
        } else {
          early.add(new Word(line, text));
        }
      }
      RoleControl open = control;
      if (open != null) {
        open.publish(line);
      }
    }

    /** {@code text}: for people, unless they are told otherwise. */
    private void write(JsonObject line, String text) {
      if (json) {
        io().out().println(line);
      } else if (!text.isEmpty()) {
        io().err().println("desktop: " + text);
      }
    }
  }
}
