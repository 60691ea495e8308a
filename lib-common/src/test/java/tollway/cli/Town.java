// SPDX-License-Identifier: Apache-2.0
package tollway.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tollway.files.NamedFile;
import tollway.lab.Said;

/** A binary with a command of every kind, and what it said. */
record Town(int exitCode, String out, String err) {
  static Town run(String... arguments) {
    Said said = Said.by(new Launcher("town", Root::new), Map.of(), new byte[0], arguments);
    return new Town(said.exitCode(), said.out(), said.err());
  }

  @Command(
      name = "town",
      description = "Runs a town.",
      footer = {"", "Files:", "  /etc/town.conf  its options"},
      subcommands = {BridgeCommand.class, GateCommand.class})
  static final class Root extends RootCommand {
    Root(CliIo io) {
      super(io);
    }
  }

  @Command(
      name = "gate",
      description = "Work at the gate.",
      subcommands = {OpenCommand.class})
  static final class GateCommand extends CommandGroup {}

  @Command(name = "open", description = "Open it.")
  static final class OpenCommand extends Subcommand {
    @Override
    public Integer call() {
      return ExitCode.DONE;
    }
  }

  @Command(
      name = "bridge",
      description = "Build a bridge.",
      footer = {
        "",
        "Of stone; a line that begins with a dot or a backslash is",
        ".text \\ like 'any' other.",
        "",
        "Example:",
        "  town bridge --over https://river.example/ north 100%%"
      })
  static final class BridgeCommand extends Subcommand {
    @Option(
        names = {"-o", "--over"},
        paramLabel = "URL",
        description =
            "What it crosses, such as https://127.0.0.1:8443/rivers/elbe-at-dresden (default: what"
                + " is in ~/.local/state/town/rivers).")
    @Nullable String over;

    @Option(names = "--toll", description = "Take money.")
    boolean toll;

    @Option(names = "--secret", hidden = true, description = "Not for everybody.")
    boolean secret;

    @Parameters(paramLabel = "BANK", arity = "0..1", description = "Where it begins.")
    @Nullable Path bank;

    @Override
    public Integer call() throws IOException {
      if (bank != null) {
        try (InputStream in = NamedFile.open(bank)) {
          io().out().println(in.read());
        }
      }
      return ExitCode.DONE;
    }
  }
}
