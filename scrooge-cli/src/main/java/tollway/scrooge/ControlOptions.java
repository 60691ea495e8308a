// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tollway.cli.CommandFailedException;
import tollway.console.Daemon;
import tollway.console.EventReader;

/** Which daemon a command speaks to, and how it is printed. */
final class ControlOptions {
  static final Path STANDARD = Path.of("/run/tollway/scrooge.sock");

  @Option(
      names = "--control",
      paramLabel = "SOCKET",
      description = "Where the daemon listens (default: ${DEFAULT-VALUE}).")
  private Path control = STANDARD;

  @Option(names = "--json", description = "Print a JSON object.")
  private boolean json;

  boolean json() {
    return json;
  }

  Daemon daemon() {
    return new Daemon(control, "is 'scrooge run' running?");
  }

  /** Empty when there is no daemon. */
  Optional<JsonObject> askIfThere(String command) throws IOException, CommandFailedException {
    return daemon().askIfThere(command);
  }

  JsonObject ask(String command) throws IOException, CommandFailedException {
    return daemon().ask(command);
  }

  JsonObject ask(String command, JsonObject arguments) throws IOException, CommandFailedException {
    return daemon().ask(command, arguments);
  }

  /** Asks the daemon to end and waits until it has; the answer to {@code command}. */
  JsonObject askLast(String command) throws IOException, CommandFailedException {
    return daemon().askLast(command);
  }

  /** Has {@code reader} read the events of these kinds, or of all; null stands for no limit. */
  void follow(
      List<String> only, EventReader reader, @Nullable Duration limit, Daemon.Meanwhile meanwhile)
      throws IOException, CommandFailedException, InterruptedException {
    daemon().follow(only, reader, limit, meanwhile);
  }
}
