// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tollway.bytes.MalformedBytesException;
import tollway.cli.CommandFailedException;
import tollway.cli.DurationText;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;
import tollway.cli.UserErrorException;
import tollway.identity.Identity;
import tollway.link.LinkInterfaces;
import tollway.loop.EventLoop;
import tollway.loop.ThreadEventLoop;
import tollway.wire.Endpoint;
import tollway.wire.MalformedMessageException;

/** {@code scrooge hello}. */
@Command(
    name = "hello",
    description = "Say hello on one or more interfaces and print who answers.",
    footer = {
      "",
      "Prints only what verified. Without --key it speaks as a stranger made for the",
      "occasion; do not use the key of a daemon that runs: its neighbours would",
      "answer here for a while. Needs no privilege. Exit code 1 when nobody answered."
    })
final class HelloCommand extends Subcommand {
  private static final String NOT_USABLE =
      "nothing sent for want of a usable IPv6 link-local address (is the link up?) on ";

  @Option(
      names = {"-i", "--interface"},
      required = true,
      split = ",",
      paramLabel = "IF",
      description = "Where to speak; may be given several times, and * stands for anything.")
  private List<String> interfaces = new ArrayList<>();

  @Option(
      names = "--to",
      paramLabel = "ADDRESS:PORT",
      description = "Say it to this neighbour alone.")
  private @Nullable String to;

  @Option(
      names = "--wait",
      paramLabel = "TIME",
      defaultValue = "2s",
      description = "How long to wait for answers (default: ${DEFAULT-VALUE}).")
  private String wait = "2s";

  @Option(
      names = "--key",
      paramLabel = "FILE",
      description = "Speak as the owner of this private key.")
  private @Nullable Path key;

  @Option(names = "--json", description = "Print one JSON object at the end.")
  private boolean json;

  @Override
  public Integer call()
      throws IOException, MalformedBytesException, CommandFailedException, InterruptedException {
    HelloConfig config = toConfig();
    HelloRound.Outcome outcome = run(config);
    if (json) {
      io().out().println(report(config, outcome));
    }
    if (!outcome.refused().isEmpty()) {
      io().err().println("scrooge: refused datagrams: " + outcome.refused());
    }
    List<String> silent =
        interfaces.stream()
            .filter(name -> !name.contains("*") && !outcome.spokenOn().contains(name))
            .toList();
    if (outcome.spokenOn().isEmpty()) {
      throw new CommandFailedException(ExitCode.FAILED, NOT_USABLE + String.join(", ", interfaces));
    }
    if (!silent.isEmpty()) {
      io().err().println("scrooge: " + NOT_USABLE + String.join(", ", silent));
    }
    if (outcome.answers().isEmpty()) {
      throw new CommandFailedException(
          ExitCode.FAILED, "nobody answered on " + String.join(", ", outcome.spokenOn()));
    }
    return ExitCode.DONE;
  }

  private HelloConfig toConfig() throws IOException, MalformedBytesException {
    List<String> existing = LinkInterfaces.names();
    for (String name : interfaces) {
      if (!name.contains("*") && !existing.contains(name)) {
        throw new UserErrorException(
            "--interface: no interface '" + name + "' here, but " + String.join(", ", existing));
      }
    }
    Duration patience = DurationText.parse("--wait", wait);
    Optional<Endpoint> neighbour = to == null ? Optional.empty() : Optional.of(neighbour(to));
    Identity identity = key == null ? Identity.generate(new SecureRandom()) : KeyFiles.load(key);
    return new HelloConfig(identity, interfaces, patience, neighbour);
  }

  private static Endpoint neighbour(String text) {
    try {
      return Endpoint.parse(text);
    } catch (MalformedMessageException unfit) {
      throw new UserErrorException("--to: " + unfit.getMessage());
    }
  }

  private HelloRound.Outcome run(HelloConfig config) throws IOException, InterruptedException {
    CompletableFuture<HelloRound.Outcome> outcome = new CompletableFuture<>();
    try (ThreadEventLoop loop = new ThreadEventLoop("hello")) {
      loop.execute(() -> start(loop, config, outcome));
      return outcome.get();
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof IOException refused) {
        throw refused;
      }
      throw new IllegalStateException(failed);
    }
  }

  private void start(
      EventLoop loop, HelloConfig config, CompletableFuture<HelloRound.Outcome> outcome) {
    try {
      HelloRound round = new HelloRound(loop, config, this::announce);
      loop.schedule(config.patience(), () -> outcome.complete(round.finish()));
    } catch (IOException refused) {
      outcome.completeExceptionally(refused);
    }
  }

  private void announce(HelloAnswer answer) {
    if (!json) {
      io().out().println(answer.line());
    }
  }

  private static JsonObject report(HelloConfig config, HelloRound.Outcome outcome) {
    JsonObject json = new JsonObject();
    json.addProperty("publicKey", config.identity().nodeId().base64());
    JsonArray spokenOn = new JsonArray();
    outcome.spokenOn().forEach(spokenOn::add);
    json.add("interfaces", spokenOn);
    JsonArray answers = new JsonArray();
    outcome.answers().forEach(answer -> answers.add(answer.json()));
    json.add("answers", answers);
    JsonObject refused = new JsonObject();
    outcome.refused().forEach((fault, count) -> refused.addProperty(fault.name(), count));
    json.add("refused", refused);
    return json;
  }
}
