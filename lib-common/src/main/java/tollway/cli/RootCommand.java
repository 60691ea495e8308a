// SPDX-License-Identifier: Apache-2.0
package tollway.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The options every binary has at its root, and where its commands find the process's streams. */
@Command(
    synopsisSubcommandLabel = "COMMAND",
    sortOptions = false,
    versionProvider = RootCommand.VersionLine.class,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:failed",
      "2:wrong usage or configuration",
      "3:the daemon is absent, the host lacks a privilege or program, or we may not read a file",
      "4:a message or other input is invalid"
    })
public abstract class RootCommand implements Runnable {
  private final CliIo io;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // Picocli acts on it.
  private boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the version and exit.")
  @SuppressWarnings("UnusedVariable") // Picocli acts on it.
  private boolean version;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description = "Options in a file: 'name = value' lines; the command line wins.")
  @SuppressWarnings("UnusedVariable") // ConfigFile reads it before Picocli does.
  private @Nullable Path config;

  protected RootCommand(CliIo io) {
    this.io = io;
  }

  public CliIo io() {
    return io;
  }

  /** Without a subcommand there is nothing to do. */
  @Override
  public void run() {
    CommandSpec own = java.util.Objects.requireNonNull(spec);
    throw new CommandLine.ParameterException(own.commandLine(), "which command?");
  }

  static final class VersionLine implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"tollway " + Version.text()};
    }
  }
}
