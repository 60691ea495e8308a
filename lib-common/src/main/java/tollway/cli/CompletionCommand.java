// SPDX-License-Identifier: Apache-2.0
package tollway.cli;

import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code completion}: a script for the shell, which every binary can print. */
@Command(
    name = "completion",
    description = "Print a completion script for bash or zsh.",
    footer = {
      "",
      "Example:",
      "  source <(${ROOT-COMMAND-NAME} completion bash)",
      "scripts/install puts both where the shells look for them."
    })
final class CompletionCommand extends Subcommand {
  private static final class Shells implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return List.of("bash", "zsh").iterator();
    }
  }

  @Spec private @Nullable CommandSpec self;

  @Parameters(
      paramLabel = "bash|zsh",
      completionCandidates = Shells.class,
      description = "The shell.")
  private String shell = "";

  @Override
  public Integer call() {
    CommandLine root = Objects.requireNonNull(self).root().commandLine();
    String script = AutoComplete.bash(root.getCommandName(), root);
    switch (shell) {
      case "bash" -> io().out().print(script);
      case "zsh" -> io().out().print(zsh(root.getCommandName(), script));
      default -> throw new UserErrorException("completion: for bash or zsh, not '" + shell + "'");
    }
    io().out().flush();
    return ExitCode.DONE;
  }

  /** Zsh runs bash completions through its own bridge; compinit autoloads this file by its head. */
  private static String zsh(String binary, String bashScript) {
    return """
        #compdef %1$s
        autoload -U +X bashcompinit && bashcompinit
        # A bash builtin that the bridge lacks; it only tunes spacing.
        (( $+functions[compopt] )) || compopt() { : }
        %2$s
        if [[ $funcstack[1] = _%1$s ]]; then
          _bash_complete -o default -F _complete_%1$s
        fi
        """
        .formatted(binary, bashScript);
  }
}
