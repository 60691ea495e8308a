// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.google.gson.JsonParser;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    assertFormats(new CommandLine(new ScroogeCommand(io)));
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
  void knowsTheKeysOfNeighbours() {
    assertThat(ShellCommand.tree(socket()).known().apply("KEY")).containsExactly(BOB);
    assertThat(ShellCommand.tree(socket()).known().apply("KEY[%INTERFACE]")).containsExactly(BOB);
    assertThat(ShellCommand.tree(socket()).known().apply("FILE")).isEmpty();
    assertThat(ShellCommand.tree(directory.resolve("nobody")).known().apply("KEY")).isEmpty();
  }
}
