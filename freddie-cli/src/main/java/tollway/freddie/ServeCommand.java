// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import tollway.admission.Puzzle;
import tollway.cli.CliIo;
import tollway.cli.CommandFailedException;
import tollway.cli.DurationText;
import tollway.cli.ExitCode;
import tollway.cli.HostPort;
import tollway.cli.LogOption;
import tollway.cli.UserErrorException;
import tollway.loop.ListenException;
import tollway.loop.StopSignal;
import tollway.loop.ThreadEventLoop;
import tollway.pipeline.AddressBlock;
import tollway.tls.TlsOptions;
import tollway.tls.WatchedFiles;

/** {@code freddie serve}: discovery, matchmaking and signalling until a signal stops it. */
@Command(
    name = "serve",
    sortOptions = false,
    description =
        "Introduce people who are cut off to volunteers; with a STUN responder beside it.",
    footer = {
      "",
      "Addresses: /v2/signal for clients, /v1/signal for clients of Unbounded (Broflake) v0 and v2,"
          + " GET /v2/list, GET /healthz, GET /metrics."
    })
final class ServeCommand implements Callable<Integer> {
  private static final Duration DRAIN_LOOK = Duration.ofMillis(20);
  private static final Duration LIST_LOOK = Duration.ofSeconds(1);

  @ParentCommand private @Nullable FreddieCommand parent;

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:8480",
      description =
          "Where clients connect (default: ${DEFAULT-VALUE}); port 0 lets the system choose.")
  private String listen = "";

  @Mixin private TlsOptions tls = new TlsOptions();

  @Mixin private StunOptions stun = new StunOptions();
  @Mixin private LogOption log = new LogOption();

  @Mixin private ListBoard list = new ListBoard();

  @Mixin private BusOptions bus = new BusOptions();

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

  @Option(
      names = "--v1-per-address",
      paramLabel = "N",
      defaultValue = "" + FreddieConfig.Limits.DEFAULT_V1_PER_ADDRESS,
      description =
          "Connections of Unbounded clients from one public address, or IPv6 /64 (default:"
              + " ${DEFAULT-VALUE}); 0: do not serve /v1/signal.")
  private int v1PerAddress;

  @Option(
      names = "--front",
      paramLabel = "CIDR",
      split = ",",
      description =
          "Web servers or CDNs before this freddie, such as 10.0.0.0/24, that say in"
              + " X-Forwarded-For for whom they connect; nobody else is believed. May be repeated.")
  private List<String> fronts = new ArrayList<>();

  @Option(
      names = "--drain",
      paramLabel = "TIME",
      defaultValue = "10s",
      description =
          "When told to stop, let those who were introduced finish for so long (default:"
              + " ${DEFAULT-VALUE}); a second signal stops at once.")
  private String drain = "";

  @Option(names = "--json", description = "Say that we are ready as a JSON object.")
  private boolean json;

  @Override
  public Integer call() throws IOException, InterruptedException, CommandFailedException {
    log.begin();
    CliIo io = Objects.requireNonNull(parent).io();
    FreddieConfig config = toConfig();
    list.read();
    Duration patience = DurationText.parse("--drain", drain);
    StopSignal stop = new StopSignal();
    try (FreddieNode node = FreddieNode.start(config);
        ThreadEventLoop os = new ThreadEventLoop("os")) {
      WatchedFiles files = new WatchedFiles("freddie", os, io.err());
      files.watch("the certificate", tls.files(), () -> tls.read().ifPresent(node::present));
      files.watch("the list", list.files(), list::read);
      node.show(list);
      os.execute(files::start);
      os.execute(() -> tellOfList(io.err()));
      os.every(LIST_LOOK, () -> tellOfList(io.err()));
      stop.installedTwice();
      announce(io, node);
      stop.await();
      drain(node, stop, patience);
    } catch (ListenException refused) {
      throw CommandFailedException.refusedByHost(refused, refused.denied());
    }
    stop.stopped(ExitCode.DONE);
    return ExitCode.DONE;
  }

  private void tellOfList(PrintWriter err) {
    list.news(Instant.now()).ifPresent(line -> err.println("freddie: warning: " + line));
  }

  /** Waits until all is said, the time is over, or somebody is in a hurry. */
  private static void drain(FreddieNode node, StopSignal stop, Duration limit)
      throws InterruptedException {
    CompletableFuture<Void> drained = node.drain();
    long deadline = System.nanoTime() + limit.toNanos();
    while (!drained.isDone() && System.nanoTime() - deadline < 0 && !stop.awaitAgain(DRAIN_LOOK)) {
      // Looks again.
    }
  }

  private FreddieConfig toConfig() throws IOException {
    if (maxClients < 1) {
      throw new UserErrorException("--max-clients: give a number above 0");
    }
    if (leastEffort < 0 || leastEffort > Puzzle.MAX_EFFORT) {
      throw new UserErrorException("--least-effort: give a number from 0 to " + Puzzle.MAX_EFFORT);
    }
    if (v1PerAddress < 0) {
      throw new UserErrorException("--v1-per-address: give 0 or more");
    }
    return new FreddieConfig(
        HostPort.parse("--listen", listen).resolve("--listen"),
        tls.read(),
        stun.addresses(),
        stun.alternate(),
        FreddieConfig.Limits.of(maxClients)
            .withLeastEffort(leastEffort)
            .withV1PerAddress(v1PerAddress)
            .behind(new Fronts(fronts())),
        bus.config());
  }

  private List<AddressBlock> fronts() {
    List<AddressBlock> blocks = new ArrayList<>();
    for (String text : fronts) {
      try {
        blocks.add(AddressBlock.of(text.strip()));
      } catch (IllegalArgumentException wrong) {
        throw new UserErrorException("--front: " + wrong.getMessage());
      }
    }
    return blocks;
  }

  private void announce(CliIo io, FreddieNode node) {
    String url = (tls.isSecure() ? "https://" : "http://") + FreddieNode.text(node.address());
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
