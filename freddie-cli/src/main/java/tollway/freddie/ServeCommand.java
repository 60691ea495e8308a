// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import tollway.admission.Puzzle;
import tollway.cli.CliIo;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.cli.HostPort;
import tollway.cli.UserErrorException;
import tollway.loop.ListenException;
import tollway.loop.StopSignal;
import tollway.signaling.Signal;

/** {@code freddie serve}: discovery, matchmaking and signalling until a signal stops it. */
@Command(
    name = "serve",
    sortOptions = false,
    description =
        "Introduce people who are cut off to volunteers; with a STUN responder beside it.",
    footer = {"", "Addresses: /v2/signal for clients, GET /healthz, GET /metrics."})
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
      paramLabel = "HOST:PORT[=PUBLIC:PORT]",
      description =
          "Answer STUN on this UDP address and tell clients of it; may be repeated. PUBLIC is how"
              + " clients reach it when that differs, as behind a NAT. Default: none.")
  private List<String> stun = new ArrayList<>();

  @Option(
      names = "--max-clients",
      paramLabel = "N",
      defaultValue = "" + FreddieConfig.Limits.DEFAULT_CLIENTS,
      description =
          "Clients at once; the next ones are told to come later (default: ${DEFAULT-VALUE}).")
  private int maxClients;

  @Option(
      names = "--least-effort",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Newcomers always solve a puzzle of so many evaluations, about 1.5 ms each; browsers"
              + " cannot. Default: ${DEFAULT-VALUE}, puzzles only under load.")
  private int leastEffort;

  @Option(names = "--json", description = "Say that we are ready as a JSON object.")
  private boolean json;

  @Override
  public Integer call() throws IOException, InterruptedException, CommandFailedException {
    CliIo io = Objects.requireNonNull(parent).io();
    FreddieConfig config = toConfig();
    StopSignal stop = new StopSignal();
    try (FreddieNode node = FreddieNode.start(config)) {
      stop.installed();
      announce(io, node);
      stop.await();
    } catch (ListenException refused) {
      throw CommandFailedException.refusedByHost(refused, refused.denied());
    }
    stop.stopped(ExitCode.DONE);
    return ExitCode.DONE;
  }

  private FreddieConfig toConfig() {
    if (maxClients < 1) {
      throw new UserErrorException("--max-clients: give a number above 0");
    }
    if (leastEffort < 0 || leastEffort > Puzzle.MAX_EFFORT) {
      throw new UserErrorException("--least-effort: give a number from 0 to " + Puzzle.MAX_EFFORT);
    }
    if (stun.size() > Signal.MAX_STUN) {
      throw new UserErrorException("--stun: at most " + Signal.MAX_STUN + " addresses");
    }
    return new FreddieConfig(
        HostPort.parse("--listen", listen).resolve("--listen"),
        stun.stream().map(ServeCommand::stunAddress).toList(),
        FreddieConfig.Limits.of(maxClients).withLeastEffort(leastEffort));
  }

  private static FreddieConfig.StunAddress stunAddress(String text) {
    int equals = text.indexOf('=');
    String bound = equals < 0 ? text : text.substring(0, equals);
    InetSocketAddress bind = HostPort.parse("--stun", bound).resolve("--stun");
    if (equals < 0) {
      if (bind.getAddress().isAnyLocalAddress()) {
        throw new UserErrorException(
            "--stun: clients cannot reach %s; add how they do, as in %s=stun.example.org:3478"
                .formatted(bound, bound));
      }
      return new FreddieConfig.StunAddress(bind, "");
    }
    HostPort told = HostPort.parse("--stun", text.substring(equals + 1));
    if (told.port() == 0 || told.toString().length() > Signal.MAX_TEXT) {
      throw new UserErrorException("--stun: clients cannot reach '" + told + "'");
    }
    return new FreddieConfig.StunAddress(bind, told.toString());
  }

  private void announce(CliIo io, FreddieNode node) {
    String url = "http://" + FreddieNode.text(node.address());
    if (json) {
      JsonObject ready = new JsonObject();
      ready.addProperty("event", "ready");
      ready.addProperty("url", url);
      JsonArray servers = new JsonArray();
      node.stunServers().forEach(servers::add);
      ready.add("stun", servers);
      io.out().println(ready);
    } else {
      io.out()
          .println(
              "freddie: ready at "
                  + url
                  + (node.stunServers().isEmpty()
                      ? ""
                      : ", STUN at " + String.join(", ", node.stunServers())));
    }
  }
}
