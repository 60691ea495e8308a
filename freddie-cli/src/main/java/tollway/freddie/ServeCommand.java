// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import tollway.cli.CliIo;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.loop.ListenException;
import tollway.loop.StopSignal;
import tollway.loop.ThreadEventLoop;
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

  @Mixin private ServeOptions options = new ServeOptions();

  @Option(names = "--json", description = "Say that we are ready as a JSON object.")
  private boolean json;

  @Override
  public Integer call() throws IOException, InterruptedException, CommandFailedException {
    options.log().begin();
    CliIo io = Objects.requireNonNull(parent).io();
    FreddieConfig config = options.config();
    TlsOptions tls = options.tls();
    ListBoard list = options.list();
    list.read();
    HostChecks.fewFiles(options.maxClients())
        .ifPresent(
            few ->
                io.err()
                    .println(
                        "freddie: warning: open files: "
                            + few
                            + ": "
                            + HostChecks.filesRemedy(options.maxClients())));
    StopSignal stop = new StopSignal();
    try (FreddieNode node = FreddieNode.start(config);
        ThreadEventLoop os = new ThreadEventLoop("os")) {
      WatchedFiles files = new WatchedFiles("freddie", os, io.err());
      files.watch("the certificate", tls.files(), () -> tls.read().ifPresent(node::present));
      files.watch("the list", list.files(), list::read);
      node.show(list);
      os.execute(files::start);
      os.execute(() -> tellOf(list, io.err()));
      os.every(LIST_LOOK, () -> tellOf(list, io.err()));
      stop.installedTwice();
      announce(io, node);
      stop.await();
      drain(node, stop, options.drain());
    } catch (ListenException refused) {
      throw CommandFailedException.refusedByHost(refused, refused.denied());
    }
    stop.stopped(ExitCode.DONE);
    return ExitCode.DONE;
  }

  private static void tellOf(ListBoard list, PrintWriter err) {
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

  private void announce(CliIo io, FreddieNode node) {
    String url =
        (options.tls().isSecure() ? "https://" : "http://") + FreddieNode.text(node.address());
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
