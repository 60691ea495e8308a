// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonElement;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tollway.cli.CommandFailedException;
import tollway.cli.Subcommand;
import tollway.console.Shell;
import tollway.console.ShellTree;
import tollway.control.ControlClient;
import tollway.control.ControlQuestion;
import tollway.control.ControlRefusedException;

/** {@code scrooge shell}. */
@Command(
    name = "shell",
    description = "Give one command after the other, with completion and history.",
    footer = {
      "",
      "Tab completes commands, options and neighbours' keys; 'help COMMAND' explains one;",
      "Ctrl-C ends a command, Ctrl-D the shell. When standard input is no terminal it is a",
      "script: one command a line, # begins a comment, and the first that fails ends it with",
      "its exit code. History: ~/.local/state/tollway/scrooge_history."
    })
final class ShellCommand extends Subcommand {
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  @Option(
      names = "--control",
      paramLabel = "SOCKET",
      description = "Where the daemon listens (default: ${DEFAULT-VALUE}).")
  private Path control = ControlOptions.STANDARD;

  @Override
  public Integer call() throws IOException, CommandFailedException {
    return new Shell(io(), tree(control)).run();
  }

  static ShellTree tree(Path control) {
    return new ShellTree(
        "scrooge",
        ScroogeCommand::new,
        Set.of("run", "shell"),
        Optional.of(control),
        label -> label.contains("KEY") ? keys(control) : List.of());
  }

  /** Nothing when the daemon does not answer at once: the operator is typing. */
  private static List<String> keys(Path control) {
    List<String> keys = new ArrayList<>();
    try (ControlClient client = ControlClient.connect(control, PATIENCE)) {
      for (JsonElement each :
          client.ask(ControlQuestion.of("neighbors")).getAsJsonArray("neighbors")) {
        String key = each.getAsJsonObject().get("publicKey").getAsString();
        if (!keys.contains(key)) {
          keys.add(key);
        }
      }
    } catch (IOException | ControlRefusedException noDaemon) {
      return List.of();
    }
    return keys;
  }
}
