// SPDX-License-Identifier: Apache-2.0
package tollway.console;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.jline.reader.EOFError;
import org.jline.reader.EndOfFileException;
import org.jline.reader.UserInterruptException;
import tollway.cli.CliIo;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;

/**
 * One command after the other, from a person at a terminal or from a script, which ends at the
 * first that fails.
 */
public final class Shell {
  private final CliIo io;
  private final ShellLine line;

  public Shell(CliIo io, ShellTree tree) {
    this.io = io;
    line = new ShellLine(io, tree);
  }

  /** The exit code. */
  public int run() throws IOException, CommandFailedException {
    // In a test the input is not the process's.
    if (io.in() == System.in) {
      var opened = ShellTerminal.open(line, io.environment());
      if (opened.isPresent()) {
        try (ShellTerminal terminal = opened.get()) {
          return interactive(terminal);
        }
      }
    }
    return script();
  }

  private int interactive(ShellTerminal terminal) {
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
        io.err().println(line.shell().binary() + ": a quotation mark is not closed");
      } finally {
        // Whoever interrupted the command has had its way.
        Thread.interrupted();
      }
    }
  }

  private int script() throws IOException, CommandFailedException {
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
