// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.google.gson.JsonParser;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tollway.cli.CliIo;
import tollway.control.ControlCommands;
import tollway.control.ControlRefusedException;
import tollway.control.ControlServer;
import tollway.loop.ThreadEventLoop;

final class ShellCommandTest {
  private static final String BOB = "TBqEJNDl0R4UITc0v1ZWJYZi9QjfOAfvTcV+PWIh0io=";

  @TempDir private Path directory;
  private final ThreadEventLoop loop = new ThreadEventLoop("daemon");
  private @Nullable ControlServer daemon;

  @BeforeEach
  void listen() throws IOException {
    ControlCommands commands = new ControlCommands();
    commands.on(
        "neighbors",
        (question, answer) ->
            answer.result(
                JsonParser.parseString(
                        "{\"neighbors\":[{\"publicKey\":\""
                            + BOB
                            + "\",\"interface\":\"eth0\",\"state\":\"SEEN\"}]}")
                    .getAsJsonObject()));
    commands.on(
        "tunnel_close",
        (question, answer) -> {
          throw new ControlRefusedException(1, "not " + question.arguments().get("key"));
        });
    daemon = ControlServer.open(socket(), loop, commands);
  }

  @AfterEach
  void close() throws IOException {
    Objects.requireNonNull(daemon).close();
    loop.close();
  }

  private Path socket() {
    return directory.resolve("socket");
  }

  private Shell script(String text) {
    return Shell.scroogeReading(text, "shell", "--control", socket().toString());
  }

  @Test
  void runsAScriptAgainstItsDaemon() {
    Shell said =
        script(
            """
            # who is there?
            neighbors --json

            scrooge neighbors
            help tunnel close
            """);
    assertThat(said.exitCode()).as(said.err()).isZero();
    assertThat(said.out())
        .contains("{\"neighbors\":[", "PUBLIC KEY", "Usage: scrooge tunnel close");
  }

  @Test
  void stopsAtTheFirstFailureWithItsExitCode() {
    Shell said = script("tunnel close 'a b'\nneighbors\n");
    assertThat(said.exitCode()).isEqualTo(1);
    assertThat(said.err()).isEqualTo("scrooge: not \"a b\"\n");
    assertThat(said.out()).isEmpty();
    assertThat(script("dance\nneighbors\n").exitCode()).isEqualTo(2);
    assertThat(script("neighbors --control /nowhere\n").exitCode()).isEqualTo(3);
  }

  @Test
  void endsWhereItIsToldTo() {
    Shell said = script("exit\ndance\n");
    assertThat(said.exitCode()).isZero();
    assertThat(said.out() + said.err()).isEmpty();
  }

  @Test
  void refusesWhatMakesNoSenseInside() {
    for (String line : List.of("run -i lo", "shell")) {
      Shell said = script(line + "\n");
      assertThat(said.exitCode()).isEqualTo(2);
      assertThat(said.err()).contains("is not for the shell");
    }
    Shell open = script("neighbors\ntunnel close 'a\n");
    assertThat(open.exitCode()).isEqualTo(2);
    assertThat(open.err()).isEqualTo("scrooge: line 2: a quotation mark is not closed\n");
  }

  @Test
  void aCommandThatIsInterruptedIsNoInternalError() {
    Thread.currentThread().interrupt(); // As by Ctrl-C.
    Shell said = Shell.scrooge("hello", "-i", "lo", "--wait", "9s");
    assertThat(said.exitCode()).isEqualTo(1);
    assertThat(said.err()).isEqualTo("scrooge: interrupted\n");
  }

  /** Picocli formats these, and warns on stderr of what it cannot. */
  @Test
  void everyHelpCanBeFormatted() {
    CliIo io =
        new CliIo(
            new ByteArrayInputStream(new byte[0]),
            new PrintWriter(new StringWriter()),
            new PrintWriter(new StringWriter()),
            Map.of());
    assertFormats(new ShellLine(io, socket()).tree());
  }

  private static void assertFormats(CommandLine command) {
    var usage = command.getCommandSpec().usageMessage();
    for (String[] lines : List.of(usage.description(), usage.footer())) {
      for (String line : lines) {
        assertThatCode(() -> String.format(line)).as(line).doesNotThrowAnyException();
      }
    }
    command.getSubcommands().values().forEach(ShellCommandTest::assertFormats);
    assertThat(command.getUsageMessage()).doesNotContain("%%");
  }

  @Test
  void completesCommandsOptionsAndKeys() {
    CliIo io =
        new CliIo(
            new ByteArrayInputStream(new byte[0]),
            new PrintWriter(new StringWriter()),
            new PrintWriter(new StringWriter()),
            Map.of());
    ShellLine line = new ShellLine(io, socket());
    ShellCompleter completer = new ShellCompleter(line.tree(), socket());
    assertThat(completer.complete(List.of("ne"), 0, 2)).containsOnly("neighbors", "neighbor");
    assertThat(completer.complete(List.of(""), 0, 0))
        .contains("help", "tunnel")
        .doesNotContain("run");
    assertThat(completer.complete(List.of("tunnel", "re"), 1, 2)).containsExactly("refresh");
    assertThat(completer.complete(List.of("tunnel", "close", "--f"), 2, 3))
        .containsExactly("--for");
    assertThat(completer.complete(List.of("tunnel", "close", "TB"), 2, 2)).containsExactly(BOB);
    assertThat(completer.complete(List.of("explain", ""), 1, 0)).contains(BOB);
    assertThat(completer.complete(List.of("tunnel", "list", ""), 2, 0)).doesNotContain(BOB);
    ShellCompleter alone = new ShellCompleter(line.tree(), directory.resolve("nobody"));
    assertThat(alone.complete(List.of("tunnel", "close", "TB"), 2, 2)).isEmpty();
  }

  @Test
  void theHistoryIsForItsOwnerAlone() throws Exception {
    Optional<Path> file = ShellTerminal.history(Map.of("XDG_STATE_HOME", directory.toString()));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.orElseThrow())))
        .isEqualTo("rw-------");
    assertThat(file.get()).isEqualTo(directory.resolve("tollway/scrooge_history"));
    Files.setPosixFilePermissions(file.get(), PosixFilePermissions.fromString("rw-r--r--"));
    ShellTerminal.history(Map.of("XDG_STATE_HOME", directory.toString()));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.get())))
        .isEqualTo("rw-------");
    assertThat(ShellTerminal.history(Map.of())).isEmpty();
  }
}
