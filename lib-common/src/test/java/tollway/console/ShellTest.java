// SPDX-License-Identifier: Apache-2.0
package tollway.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tollway.cli.CliIo;
import tollway.cli.RootCommand;
import tollway.cli.Subcommand;

final class ShellTest {
  @TempDir private Path directory;

  @Command(
      name = "town",
      subcommands = {Watch.class, RunDaemon.class})
  private static final class TownCommand extends RootCommand {
    TownCommand(CliIo io) {
      super(io);
    }
  }

  @Command(name = "watch", description = "Watch.", subcommands = Bell.class)
  private static final class Watch extends Subcommand {
    @Override
    public Integer call() {
      return 1;
    }
  }

  @Command(name = "bell", description = "Ring.")
  private static final class Bell extends Subcommand {
    @Option(names = "--control", description = "Where.")
    private String control = "nowhere";

    @Option(names = "--loud", description = "Louder.")
    private boolean loud;

    @Parameters(paramLabel = "TOWER", arity = "0..1", description = "Which.")
    private String tower = "";

    @Override
    public Integer call() {
      io().out().println("bell " + tower + " " + loud + " " + control);
      return 0;
    }
  }

  @Command(name = "run", description = "Run.")
  private static final class RunDaemon extends Subcommand {
    @Override
    public Integer call() {
      return 1;
    }
  }

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private CliIo io(String text) {
    return new CliIo(
        new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)),
        new PrintWriter(out, true),
        new PrintWriter(err, true),
        Map.of());
  }

  private static ShellTree tree() {
    return new ShellTree(
        "town",
        TownCommand::new,
        Set.of("run", "watch"),
        Optional.of(Path.of("/here")),
        label -> label.equals("TOWER") ? List.of("north", "south") : List.of());
  }

  private int script(String text) throws Exception {
    return new Shell(io(text), tree()).run();
  }

  @Test
  void everyLineSpeaksToOurDaemonUnlessItSaysOtherwise() throws Exception {
    assertThat(script("# bells\ntown watch bell 'the north'\nwatch bell --control /there\nquit\nx"))
        .isZero();
    assertThat(out.toString()).isEqualTo("bell the north false /here\nbell  false /there\n");
  }

  @Test
  void aCommandMayBeOutsideAndThoseBelowItNot() throws Exception {
    assertThat(script("watch\n")).isEqualTo(2);
    assertThat(script("run\n")).isEqualTo(2);
    assertThat(err.toString())
        .isEqualTo("town: 'watch' is not for the shell\ntown: 'run' is not for the shell\n");
    assertThat(script("watch bell\n")).isZero();
  }

  @Test
  void completesCommandsOptionsAndWhatIsKnown() {
    ShellLine line = new ShellLine(io(""), tree());
    ShellCompleter completer = new ShellCompleter(line.tree(), line.shell().known());
    assertThat(completer.complete(List.of(""), 0, 0))
        .contains("help", "watch")
        .doesNotContain("run");
    assertThat(completer.complete(List.of("watch", "b"), 1, 1)).containsExactly("bell");
    assertThat(completer.complete(List.of("watch", "bell", "--l"), 2, 3)).containsExactly("--loud");
    assertThat(completer.complete(List.of("watch", "bell", "s"), 2, 1)).containsExactly("south");
    assertThat(completer.complete(List.of("watch", "s"), 1, 1)).isEmpty();
  }

  @Test
  void theHistoryIsForItsOwnerAlone() throws Exception {
    Map<String, String> environment = Map.of("XDG_STATE_HOME", directory.toString());
    Optional<Path> file = ShellTerminal.history("town", environment);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.orElseThrow())))
        .isEqualTo("rw-------");
    assertThat(file.get()).isEqualTo(directory.resolve("tollway/town_history"));
    Files.setPosixFilePermissions(file.get(), PosixFilePermissions.fromString("rw-r--r--"));
    ShellTerminal.history("town", environment);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.get())))
        .isEqualTo("rw-------");
    assertThat(ShellTerminal.history("town", Map.of())).isEmpty();
  }
}
