// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jline.reader.EOFError;
import org.jline.reader.EndOfFileException;
import org.jline.reader.UserInterruptException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tollway.cli.CliIo;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;

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
  @Option(
      names = "--control",
      paramLabel = "SOCKET",
      description = "Where the daemon listens (default: ${DEFAULT-VALUE}).")
  private Path control = ControlOptions.STANDARD;

  @Override
  public Integer call() throws IOException, CommandFailedException {
    ShellLine line = new ShellLine(io(), control);
    // In a test the input is not the process's.
    if (io().in() == System.in) {
      var opened = ShellTerminal.open(line, io().environment());
      if (opened.isPresent()) {
        try (ShellTerminal terminal = opened.get()) {
          return interactive(terminal, line);
        }
      }
    }
    return script(line, io());
  }

  private Integer interactive(ShellTerminal terminal, ShellLine line) {
    while (true) {
      try {
        String text = terminal.read();
        if (line.isEnd(text)) {
          return ExitCode.DONE;
        }
        line.run(text);
      } catch (UserInterruptException abandoned) {
        // Ctrl-C: the next line.
      } catch (EndOfFileException end) {
        return ExitCode.DONE;
      } catch (EOFError open) {
        io().err().println("scrooge: a quotation mark is not closed");
      } finally {
        // Whoever interrupted the command has had its way.
        Thread.interrupted();
      }
    }
  }

  private static Integer script(ShellLine line, CliIo io)
      throws IOException, CommandFailedException {
    BufferedReader in = new BufferedReader(new InputStreamReader(io.in(), StandardCharsets.UTF_8));
    int number = 0;
    for (String text = in.readLine(); text != null; text = in.readLine()) {
      number++;
      if (line.isEnd(text)) {
        return ExitCode.DONE;
      }
      int code;
      try {
        code = line.run(text);
      } catch (EOFError open) {
        throw new CommandFailedException(
            ExitCode.USAGE, "line " + number + ": a quotation mark is not closed");
      }
      if (code != ExitCode.DONE) {
        return code;
      }
    }
    return ExitCode.DONE;
  }
}
