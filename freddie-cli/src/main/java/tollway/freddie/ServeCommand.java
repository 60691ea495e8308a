// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import tollway.cli.CliIo;
import tollway.cli.ExitCode;
import tollway.cli.HostPort;
import tollway.cli.UserErrorException;
import tollway.loop.StopSignal;

/** {@code freddie serve}: discovery, matchmaking and signalling until a signal stops it. */
@Command(
    name = "serve",
    sortOptions = false,
    description =
        "Introduce people who are cut off to volunteers; with a STUN responder beside it.")
final class ServeCommand implements Callable<Integer> {
  @ParentCommand private @Nullable FreddieCommand parent;

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:8480",
      description =
          "Where clients connect (default: ${DEFAULT-VALUE}); port 0 lets the system choose.")
  private String listen = "";

  @Option(
      names = "--stun",
      paramLabel = "HOST:PORT",
      description =
          "Answer STUN on this UDP address and tell clients of it; may be repeated. Name addresses"
              + " that clients can reach. Default: none.")
  private List<String> stun = new ArrayList<>();

  @Option(
      names = "--max-clients",
      paramLabel = "N",
      defaultValue = "10000",
      description = "Connections at once (default: ${DEFAULT-VALUE}).")
  private int maxClients;

  @Option(names = "--json", description = "Print one JSON line on stdout when ready.")
  private boolean json;

  @Override
  public Integer call() throws IOException, InterruptedException {
    CliIo io = java.util.Objects.requireNonNull(parent).io();
    FreddieConfig config = toConfig();
    StopSignal stop = new StopSignal();
    try (FreddieNode node = FreddieNode.start(config)) {
      stop.installed();
      announce(io, node);
      stop.await();
    }
    stop.stopped(ExitCode.DONE);
    return ExitCode.DONE;
  }

  private FreddieConfig toConfig() {
    if (maxClients < 1) {
      throw new UserErrorException("--max-clients: give a number above 0");
    }
    List<InetSocketAddress> stunAddresses =
        stun.stream()
            .map(text -> HostPort.parse("--stun", text).resolve("--stun"))
            .collect(Collectors.toList());
    return new FreddieConfig(
        HostPort.parse("--listen", listen).resolve("--listen"), stunAddresses, maxClients);
  }

  private void announce(CliIo io, FreddieNode node) {
    String url = "http://" + FreddieNode.text(node.address());
    String stunText =
        node.stunAddresses().stream().map(FreddieNode::text).collect(Collectors.joining(", "));
    io.err()
        .println("freddie: ready at " + url + (stunText.isEmpty() ? "" : ", STUN at " + stunText));
    if (json) {
      JsonObject line = new JsonObject();
      line.addProperty("event", "ready");
      line.addProperty("url", url);
      line.addProperty("stun", stunText);
      io.out().println(line);
    }
  }
}
