// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tollway.cli.CommandFailedException;
import tollway.cli.Subcommand;
import tollway.console.Shell;
import tollway.console.ShellTree;

/** {@code egress shell}. */
@Command(
    name = "shell",
    description = "Give one command after the other, with completion and history.",
    footer = {
      "",
      "Tab completes commands and options; 'help COMMAND' explains one; Ctrl-C ends a command,"
          + " Ctrl-D the shell. When standard input is no terminal it is a script: one command a"
          + " line, # begins a comment, and the first that fails ends it with its exit code.",
      "History: ~/.local/state/tollway/egress_history."
    })
final class ShellCommand extends Subcommand {
  @Option(
      names = "--control",
      paramLabel = "SOCKET",
      description = "The daemon that is meant (default: each command finds the one that runs).")
  private @Nullable Path control;

  @Override
  public Integer call() throws IOException, CommandFailedException {
    ShellTree tree =
        new ShellTree(
            "egress",
            EgressCommand::new,
            Set.of("serve", "widget", "desktop", "pt", "shell"),
            Optional.ofNullable(control),
            label -> List.of());
    return new Shell(io(), tree).run();
  }
}
