// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tollway.bytes.MalformedBytesException;
import tollway.cli.CommandFailedException;
import tollway.cli.DurationText;
import tollway.cli.ExitCode;
import tollway.cli.LogOption;
import tollway.cli.Subcommand;
import tollway.identity.Identity;
import tollway.loop.ListenException;
import tollway.loop.NettyEventLoop;
import tollway.loop.NettyLoops;
import tollway.loop.StopSignal;
import tollway.loop.ThreadEventLoop;
import tollway.loop.Timer;
import tollway.pipeline.EgressConfig;
import tollway.pipeline.EgressServer;
import tollway.pipeline.Invite;
import tollway.pipeline.InviteCodec;
import tollway.pipeline.OwnAddresses;
import tollway.session.TransportKind;
import tollway.tls.WatchedFiles;

/** {@code egress serve}: the exit. */
@Command(
    name = "serve",
    sortOptions = false,
    description = "Be the exit: connect to the Internet for people whom volunteers relay.",
    footer = {
      "",
      "The identity is kept in DIR and made on the first start. The invite printed is what people"
          + " and volunteers need; 'egress invite' shows it again.",
      "By default only public addresses are dialled. Also on --listen: GET /healthz, GET /metrics."
    })
final class ServeCommand extends Subcommand {
  /** How often this host's own addresses are read again. */
  private static final Duration OWN_ADDRESSES = Duration.ofSeconds(30);

  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final Duration DRAIN_LOOK = Duration.ofMillis(20);

  @Mixin private InviteOptions invites = new InviteOptions();

  @Mixin private DoorOptions door = new DoorOptions();
  @Mixin private ExitOptions exit = new ExitOptions();

  @Option(
      names = "--drain",
      paramLabel = "TIME",
      defaultValue = "10s",
      description =
          "When told to stop, let connections end by themselves for so long (default:"
              + " ${DEFAULT-VALUE}); a second signal stops at once.")
  private String drain = "";

  @Mixin private ControlOption control = new ControlOption();
  @Mixin private LogOption log = new LogOption();

  @Option(names = "--json", description = "Say as one JSON object when and where it is ready.")
  private boolean json;

  @Override
  public Integer call()
      throws IOException, MalformedBytesException, CommandFailedException, InterruptedException {
    log.begin();
    OwnAddresses own = new OwnAddresses();
    own.refresh();
    invites.check(door.isSecure());
    EgressConfig config = toConfig(own);
    invites.contents().checkReachable(config.door().listen());
    Identity identity = invites.identity(io().environment());
    StopSignal stop = new StopSignal();
    int cores = Math.max(2, Runtime.getRuntime().availableProcessors());
    Duration patience = DurationText.parse("--drain", drain);
    try (NettyLoops loops = new NettyLoops(cores);
        ThreadEventLoop os = new ThreadEventLoop("os")) {
      EgressServer server = start(loops, identity, config);
      os.every(OWN_ADDRESSES, own::refresh);
      Invite invite = invites.contents().invite(identity, server.address(), door.isSecure());
      NettyEventLoop loop = loops.next();
      ServeDesk desk = new ServeDesk(server, identity.nodeId(), loop);
      Path socket = control.socket(DaemonRole.SERVE, io().environment());
      try (RoleControl open = RoleControl.open(DaemonRole.SERVE, socket, loop, stop, desk)) {
        Timer look = loop.every(LOOK, () -> desk.look(open::publish));
        HourLine hour = new HourLine("egress", "connections", io().err());
        Timer hours = loop.every(HourLine.HOUR, () -> desk.tell(hour));
        watchFiles(os, server);
        invites.remember(invite, io().environment());
        stop.installedTwice();
        announce(server, invite);
        stop.await();
        open.stopping();
        drain(server, stop, patience);
        look.cancel();
        hours.cancel();
        server.close();
      }
    }
    stop.stopped(ExitCode.DONE);
    return ExitCode.DONE;
  }

  private void watchFiles(ThreadEventLoop os, EgressServer server) {
    WatchedFiles files = new WatchedFiles("egress", os, io().err());
    files.watch(
        "the certificate", door.tls().files(), () -> door.tls().read().ifPresent(server::present));
    files.watch(
        "the tokens",
        invites.contents().tokenFiles(),
        () -> server.admit(invites.contents().tokens()));
    os.execute(files::start);
  }

  private EgressServer start(NettyLoops loops, Identity identity, EgressConfig config)
      throws CommandFailedException {
    try {
      return EgressServer.start(loops, identity, config);
    } catch (ListenException refused) {
      throw CommandFailedException.refusedByHost(refused, refused.denied());
    }
  }

  private EgressConfig toConfig(OwnAddresses own) throws IOException {
    return new EgressConfig(
        door.toDoor(invites.contents().tokens()),
        exit.toPolicy(own),
        exit.nameServer(),
        exit.toLimits(door.perAddress()));
  }

  /** Waits until the connections have ended, the time is over, or somebody is in a hurry. */
  private static void drain(EgressServer server, StopSignal stop, Duration limit)
      throws InterruptedException {
    CompletableFuture<Void> drained = server.drain();
    long deadline = System.nanoTime() + limit.toNanos();
    while (!drained.isDone() && System.nanoTime() - deadline < 0 && !stop.awaitAgain(DRAIN_LOOK)) {
      // Looks again.
    }
  }

  private void announce(EgressServer server, Invite invite) {
    if (invite.freddies().isEmpty()) {
      io().err()
          .println(
              "egress: warning: the invite leads nobody here: give --freddie, and start again");
    }
    if (!TransportKind.available().contains(TransportKind.QUIC)) {
      io().err()
          .println(
              "egress: there is no QUIC library for this machine: sessions run over DTLS, slower"
                  + " where packets are lost");
    }
    String text = InviteCodec.encode(invite);
    if (json) {
      JsonObject ready = new JsonObject();
      ready.addProperty("event", "ready");
      ready.addProperty("port", server.address().getPort());
      ready.addProperty("egress", invite.egress().base64());
      ready.addProperty("url", invite.egressUrls().get(0).toString());
      ready.addProperty("invite", text);
      io().out().println(ready);
    } else {
      io().err().println("egress: ready for volunteers at " + invite.egressUrls().get(0));
      io().out().println(text);
    }
  }
}
