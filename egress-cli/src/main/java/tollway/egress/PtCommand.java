// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tollway.bytes.MalformedBytesException;
import tollway.cli.ExitCode;
import tollway.cli.FileTrouble;
import tollway.cli.Subcommand;
import tollway.cli.UserErrorException;
import tollway.loop.BackgroundThread;
import tollway.loop.NettyLoops;
import tollway.loop.StopSignal;
import tollway.loop.ThreadEventLoop;
import tollway.pipeline.Invite;
import tollway.pipeline.LocalProxy;
import tollway.pt.PtEnvironment;
import tollway.pt.PtGreeting;
import tollway.pt.PtLines;
import tollway.pt.PtRefusedException;
import tollway.pt.PtTask;
import tollway.tls.WatchedFiles;

/** {@code egress pt}: a pluggable transport, started by tor or another host. */
@Command(
    name = "pt",
    sortOptions = false,
    description = {
      "Be the pluggable transport 'tollway' (PT 2.1, managed) of tor or another host, who starts"
          + " this: its environment says whether as client or as server."
    },
    footer = {
      "",
      "torrc of somebody who is cut off:",
      "  UseBridges 1",
      "  ClientTransportPlugin tollway exec /usr/local/bin/egress pt",
      "  Bridge tollway 192.0.2.1:1 FINGERPRINT invite=tollway1:...",
      "torrc of a bridge:",
      "  ServerTransportPlugin tollway exec /usr/local/bin/egress pt",
      "  ServerTransportOptions tollway freddie=URL public-url=URL",
      "  ServerTransportListenAddr tollway 0.0.0.0:8470",
      "",
      "Volunteers run 'egress widget' with the bridge's invite. stdout is the host's."
    })
final class PtCommand extends Subcommand {
  @Mixin private InviteSource invites = new InviteSource();
  @Mixin private WayOptions way = new WayOptions();
  @Mixin private InviteContents contents = new InviteContents();

  @Override
  public Integer call() throws IOException, MalformedBytesException, InterruptedException {
    PtLines lines = new PtLines(io().out());
    PtTask task;
    try {
      PtEnvironment environment = new PtEnvironment(io().environment());
      lines.version(environment.version());
      task = environment.task();
    } catch (PtRefusedException refused) {
      lines.refused(refused);
      throw new UserErrorException(refused.line() + ": tor starts this: see 'egress pt --help'");
    }
    StopSignal stop = new StopSignal();
    try {
      if (task instanceof PtTask.Server server) {
        serve(server, lines, stop);
      } else {
        connect(task, lines, stop);
      }
    } catch (IOException | MalformedBytesException | UserErrorException wrong) {
      String why =
          wrong instanceof IOException broken
              ? FileTrouble.text(broken)
              : String.valueOf(wrong.getMessage());
      if (task instanceof PtTask.Server) {
        lines.serverMethodError(why);
        lines.serverMethodsDone();
      } else {
        lines.clientMethodError(why);
        lines.clientMethodsDone();
      }
      throw wrong;
    }
    stop.stopped(ExitCode.DONE);
    return ExitCode.DONE;
  }

  private void connect(PtTask task, PtLines lines, StopSignal stop)
      throws IOException, InterruptedException {
    if (!task.wanted()) {
      lines.clientMethodsDone();
      return;
    }
    way.check();
    Optional<Invite> usual =
        invites.isGiven(io()) ? Optional.of(invites.only(io())) : Optional.empty();
    try (NettyLoops loops = new NettyLoops(1);
        ThreadEventLoop os = new ThreadEventLoop("os");
        PtDesktops desktops = new PtDesktops(loops, os, way, usual, lines)) {
      LocalProxy port =
          LocalProxy.bind(
              loops,
              loops.next(),
              new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
              () -> new PtGreeting(desktops));
      stop.installed();
      lines.clientMethod(port.address());
      lines.clientMethodsDone();
      awaitEnd(task, stop);
      port.close();
    }
  }

  private void serve(PtTask.Server task, PtLines lines, StopSignal stop)
      throws IOException, MalformedBytesException, InterruptedException {
    if (!task.wanted()) {
      lines.serverMethodsDone();
      return;
    }
    int cores = Math.max(2, Runtime.getRuntime().availableProcessors());
    try (NettyLoops loops = new NettyLoops(cores);
        ThreadEventLoop os = new ThreadEventLoop("os");
        PtServer server = PtServer.start(loops, task, contents)) {
      WatchedFiles files = new WatchedFiles("egress", os, io().err());
      server.watch(files);
      os.execute(files::start);
      stop.installed();
      server.tell(lines);
      lines.serverMethodsDone();
      awaitEnd(task, stop);
    }
  }

  /** A signal, or the end of our input where the host says that it means that. */
  private void awaitEnd(PtTask task, StopSignal stop) throws InterruptedException {
    if (task.endsWithInput()) {
      BackgroundThread.start(
          "stdin",
          () -> {
            byte[] said = new byte[512];
            while (io().in().read(said) >= 0) {
              // The host has nothing to say there.
            }
            stop.request();
          });
    }
    stop.await();
  }
}
