// SPDX-License-Identifier: Apache-2.0
package tollway.console;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.cli.UserErrorException;
import tollway.control.ControlAbsentException;
import tollway.control.ControlClient;
import tollway.control.ControlPathException;
import tollway.control.ControlQuestion;
import tollway.control.ControlRefusedException;

/**
 * A daemon, as a command sees it: what goes wrong is one line for its user, with an exit code.
 *
 * @param socket where it listens
 * @param hint said when nobody does: what could be started
 */
public record Daemon(Path socket, String hint) {
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  /** Whether anybody listens. */
  public boolean answers() throws IOException {
    try {
      ControlClient.connect(socket, PATIENCE).close();
      return true;
    } catch (ControlAbsentException absent) {
      return false;
    }
  }

  /** Empty when there is no daemon. */
  public Optional<JsonObject> askIfThere(String command)
      throws IOException, CommandFailedException {
    try (ControlClient client = ControlClient.connect(socket, PATIENCE)) {
      return Optional.of(ask(client, ControlQuestion.of(command)));
    } catch (ControlAbsentException absent) {
      return Optional.empty();
    }
  }

  public JsonObject ask(String command) throws IOException, CommandFailedException {
    return ask(command, new JsonObject());
  }

  public JsonObject ask(String command, JsonObject arguments)
      throws IOException, CommandFailedException {
    return ask(command, arguments, PATIENCE);
  }

  /** The same of a daemon that needs its time for an answer. */
  public JsonObject ask(String command, JsonObject arguments, Duration patience)
      throws IOException, CommandFailedException {
    try (ControlClient client = connect(patience)) {
      return ask(client, new ControlQuestion(command, arguments));
    }
  }

  /** Asks the daemon to end and waits until it has; the answer to {@code command}. */
  public JsonObject askLast(String command) throws IOException, CommandFailedException {
    try (ControlClient client = connect()) {
      JsonObject answer = ask(client, ControlQuestion.of(command));
      if (!client.awaitEnd()) {
        throw new CommandFailedException(ExitCode.FAILED, "the daemon does not end");
      }
      return answer;
    }
  }

  /** What to do when the events are on; false when there is no need to read them any more. */
  public interface Meanwhile {
    boolean then() throws IOException, CommandFailedException;
  }

  /** Has {@code reader} read the events of these kinds, or of all; null stands for no limit. */
  public void follow(
      List<String> only, EventReader reader, @Nullable Duration limit, Meanwhile meanwhile)
      throws IOException, CommandFailedException, InterruptedException {
    JsonObject arguments = new JsonObject();
    if (!only.isEmpty()) {
      JsonArray kinds = new JsonArray();
      only.forEach(kinds::add);
      kinds.add("stopping"); // So that we know why there is no more.
      arguments.add("only", kinds);
    }
    try (ControlClient client = connect()) {
      ask(client, new ControlQuestion("events", arguments));
      if (meanwhile.then()) {
        reader.run(client, limit);
      }
    }
  }

  private ControlClient connect() throws IOException, CommandFailedException {
    return connect(PATIENCE);
  }

  private ControlClient connect(Duration patience) throws IOException, CommandFailedException {
    try {
      return ControlClient.connect(socket, patience);
    } catch (ControlAbsentException absent) {
      throw new CommandFailedException(ExitCode.UNAVAILABLE, absent.getMessage() + ": " + hint);
    } catch (ControlPathException unfit) {
      throw new UserErrorException("--control: " + unfit.getMessage());
    }
  }

  private static JsonObject ask(ControlClient client, ControlQuestion question)
      throws IOException, CommandFailedException {
    try {
      return client.ask(question);
    } catch (ControlAbsentException silent) {
      throw new CommandFailedException(ExitCode.UNAVAILABLE, String.valueOf(silent.getMessage()));
    } catch (ControlRefusedException refused) {
      throw new CommandFailedException(refused.code(), String.valueOf(refused.getMessage()));
    }
  }
}
