// SPDX-License-Identifier: Apache-2.0
package tollway.console;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;

/** A person's terminal: a prompt with completion and history; Ctrl-C ends the running command. */
final class ShellTerminal implements Closeable {
  private static final FileAttribute<Set<PosixFilePermission>> OWN_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final Set<PosixFilePermission> OWN_FILE =
      PosixFilePermissions.fromString("rw-------");
  private static final int HISTORY = 1000;

  private final Terminal terminal;
  private final LineReader reader;
  private final String prompt;

  private ShellTerminal(Terminal terminal, LineReader reader, String prompt) {
    this.terminal = terminal;
    this.reader = reader;
    this.prompt = prompt;
  }

  /** Empty when nobody sits there. */
  static Optional<ShellTerminal> open(ShellLine line, Map<String, String> environment)
      throws IOException {
    Terminal terminal;
    try {
      terminal =
          TerminalBuilder.builder()
              .system(true)
              .providers("jni,exec")
              .dumb(false)
              .graphemeCluster(false) // It would ask the terminal, and wait for the answer.
              .build();
    } catch (IllegalStateException notATerminal) {
      return Optional.empty();
    }
    Thread commands = Thread.currentThread();
    terminal.handle(Terminal.Signal.INT, signal -> commands.interrupt());
    LineReaderBuilder builder =
        LineReaderBuilder.builder()
            .terminal(terminal)
            .appName(line.shell().binary())
            .parser(line.parser())
            .completer(new ShellCompleter(line.tree(), line.shell().known()))
            .variable(LineReader.HISTORY_SIZE, HISTORY)
            .variable(LineReader.HISTORY_FILE_SIZE, HISTORY)
            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
            .option(LineReader.Option.HISTORY_IGNORE_SPACE, true);
    history(line.shell().binary(), environment)
        .ifPresent(file -> builder.variable(LineReader.HISTORY_FILE, file));
    return Optional.of(new ShellTerminal(terminal, builder.build(), line.shell().binary() + "> "));
  }

  String read() {
    return reader.readLine(prompt);
  }

  @Override
  public void close() throws IOException {
    terminal.close();
  }

  /** The history's file, of mode 0600; without a home there is none. */
  static Optional<Path> history(String binary, Map<String, String> environment) {
    @Nullable String state = environment.get("XDG_STATE_HOME");
    @Nullable String home = environment.get("HOME");
    Path directory;
    if (state != null && !state.isEmpty()) {
      directory = Path.of(state, "tollway");
    } else if (home != null && !home.isEmpty()) {
      directory = Path.of(home, ".local", "state", "tollway");
    } else {
      return Optional.empty();
    }
    Path file = directory.resolve(binary + "_history");
    try {
      Files.createDirectories(directory, OWN_DIRECTORY);
      try {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(OWN_FILE));
      } catch (FileAlreadyExistsException ofEarlier) {
        Files.setPosixFilePermissions(file, OWN_FILE);
      }
      return Optional.of(file);
    } catch (IOException notOurs) {
      return Optional.empty(); // A shell without a memory is still a shell.
    }
  }
}
