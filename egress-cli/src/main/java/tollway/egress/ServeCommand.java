// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tollway.bytes.MalformedBytesException;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.cli.HostPort;
import tollway.cli.Subcommand;
import tollway.cli.UserErrorException;
import tollway.identity.Identity;
import tollway.loop.ListenException;
import tollway.loop.NettyEventLoop;
import tollway.loop.NettyLoops;
import tollway.loop.StopSignal;
import tollway.loop.Timer;
import tollway.pipeline.DialPolicy;
import tollway.pipeline.EgressConfig;
import tollway.pipeline.EgressLimits;
import tollway.pipeline.EgressServer;
import tollway.pipeline.Invite;
import tollway.pipeline.InviteCodec;
import tollway.pipeline.OwnAddresses;

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

  @Mixin private InviteOptions invites = new InviteOptions();

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:8470",
      description = "Where volunteers connect (default: ${DEFAULT-VALUE}); port 0 is any free one.")
  private String listen = "";

  @Option(
      names = "--allow-private",
      description = "Also dial private, loopback and this host's own addresses: for labs.")
  private boolean allowPrivate;

  @Option(
      names = "--deny-port",
      paramLabel = "PORT",
      split = ",",
      description = "Do not dial this port, besides 25; may be repeated.")
  private List<Integer> deniedPorts = new ArrayList<>();

  @Option(
      names = "--max-streams",
      paramLabel = "N",
      defaultValue = "16384",
      description = "Proxied connections at once, of all people (default: ${DEFAULT-VALUE}).")
  private int maxStreams;

  @Mixin private ControlOption control = new ControlOption();

  @Option(names = "--json", description = "Say as one JSON object when and where it is ready.")
  private boolean json;

  @Override
  public Integer call()
      throws IOException, MalformedBytesException, CommandFailedException, InterruptedException {
    OwnAddresses own = new OwnAddresses();
    own.refresh();
    invites.check();
    EgressConfig config = toConfig(own);
    Identity identity = invites.identity(io().environment());
    StopSignal stop = new StopSignal();
    int cores = Math.max(2, Runtime.getRuntime().availableProcessors());
    try (NettyLoops loops = new NettyLoops(cores)) {
      EgressServer server = start(loops, identity, config);
      Timer refresh = loops.next().every(OWN_ADDRESSES, own::refresh);
      Invite invite = invites.invite(identity, server.address());
      invites.remember(invite, io().environment());
      NettyEventLoop loop = loops.next();
      ServeDesk desk = new ServeDesk(server, identity.nodeId(), loop);
      Path socket = control.socket(DaemonRole.SERVE, io().environment());
      try (RoleControl open = RoleControl.open(DaemonRole.SERVE, socket, loop, stop, desk)) {
        Timer look = loop.every(LOOK, () -> desk.look(open::publish));
        stop.installed();
        announce(server, invite);
        stop.await();
        look.cancel();
        refresh.cancel();
        server.close();
      }
    }
    stop.stopped(ExitCode.DONE);
    return ExitCode.DONE;
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
    TreeSet<Integer> denied = new TreeSet<>(DialPolicy.DENIED_PORTS);
    for (int port : deniedPorts) {
      if (port < 1 || port > 65_535) {
        throw new UserErrorException("--deny-port: there is no port " + port);
      }
      denied.add(port);
    }
    if (maxStreams < 1) {
      throw new UserErrorException("--max-streams: give a number above 0");
    }
    EgressLimits usual = EgressLimits.DEFAULT;
    EgressLimits limits =
        new EgressLimits(
            usual.volunteers(),
            usual.pathsPerVolunteer(),
            usual.sessions(),
            usual.pathsPerSession(),
            maxStreams,
            Math.min(usual.dials(), maxStreams),
            Math.min(usual.associations(), maxStreams));
    Optional<String> token = invites.token();
    return new EgressConfig(
        HostPort.parse("--listen", listen).resolve("--listen"),
        token,
        new DialPolicy(allowPrivate, denied, own::contains),
        limits);
  }

  private void announce(EgressServer server, Invite invite) {
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
