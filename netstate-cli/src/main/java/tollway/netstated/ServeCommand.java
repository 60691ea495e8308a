// SPDX-License-Identifier: Apache-2.0
package tollway.netstated;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import tollway.cli.CliIo;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.cli.HostPort;
import tollway.cli.LogOption;
import tollway.cli.UserErrorException;
import tollway.loop.ListenException;
import tollway.loop.NettyLoops;
import tollway.loop.StopSignal;
import tollway.netstate.GraphLimits;
import tollway.netstate.ReportToken;

/** {@code netstate serve}: the collector and its map. */
@Command(
    name = "serve",
    description = "Collect reports and show live who helps whom: a map at GET /.",
    footer = {
      "",
      "Reports need the token in FILE, or in the variable "
          + ReportToken.VARIABLE
          + "; looking needs none.",
      "Addresses: GET / the map, GET /v1/graph JSON, GET /v1/events server-sent events,",
      "POST /v1/report reports, GET /healthz."
    })
final class ServeCommand implements Callable<Integer> {
  static final String DEFAULT_LISTEN = "127.0.0.1:8090";

  @ParentCommand private @Nullable NetstateCommand parent;
  @Mixin private LogOption log = new LogOption();

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      defaultValue = DEFAULT_LISTEN,
      description = "Where to listen; port 0 is any free one (default: ${DEFAULT-VALUE}).")
  private String listen = DEFAULT_LISTEN;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "The secret that reporters must know: 16 characters or more on one line.")
  private @Nullable Path tokenFile;

  @Option(names = "--json", description = "Say where the map is as a JSON object.")
  private boolean json;

  @Override
  public Integer call() throws IOException, CommandFailedException, InterruptedException {
    log.begin();
    CliIo io = java.util.Objects.requireNonNull(parent).io();
    ServeConfig config = toConfig(io);
    StopSignal stop = new StopSignal();
    try (NettyLoops loops = new NettyLoops(1);
        NetstateServer server = NetstateServer.start(loops, config)) {
      stop.installed();
      HostPort at =
          new HostPort(server.address().getAddress().getHostAddress(), server.address().getPort());
      announce(io, at);
      stop.await();
    } catch (ListenException refused) {
      throw CommandFailedException.refusedByHost(refused, refused.denied());
    }
    stop.stopped(ExitCode.DONE);
    return ExitCode.DONE;
  }

  private ServeConfig toConfig(CliIo io) throws IOException {
    HostPort address = HostPort.parse("--listen", listen);
    return new ServeConfig(address.resolve("--listen"), token(io), GraphLimits.DEFAULT);
  }

  private ReportToken token(CliIo io) throws IOException {
    try {
      return ReportToken.find(tokenFile, io.environment())
          .orElseThrow(
              () ->
                  new UserErrorException(
                      "reporters need a token: give --token-file FILE or set "
                          + ReportToken.VARIABLE));
    } catch (IllegalArgumentException noToken) {
      throw new UserErrorException(
          (tokenFile == null ? ReportToken.VARIABLE : "--token-file: " + tokenFile)
              + ": "
              + noToken.getMessage());
    }
  }

  private void announce(CliIo io, HostPort at) {
    String url = "http://" + at + "/";
    if (json) {
      JsonObject ready = new JsonObject();
      ready.addProperty("event", "ready");
      ready.addProperty("url", url);
      ready.addProperty("port", at.port());
      io.out().println(ready);
    } else {
      io.out().println("netstate: the map is at " + url);
    }
  }
}
