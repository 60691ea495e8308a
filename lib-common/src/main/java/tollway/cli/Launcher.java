// SPDX-License-Identifier: Apache-2.0
package tollway.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine;
import tollway.bytes.MalformedBytesException;

/** Runs a binary's command tree: fast version line, config cascade, one-line errors, exit codes. */
public final class Launcher {
  private final String binary;
  private final Function<CliIo, Object> rootCommand;

  /** {@code rootCommand} makes the Picocli command tree; it is not called for {@code --version}. */
  public Launcher(String binary, Function<CliIo, Object> rootCommand) {
    this.binary = binary;
    this.rootCommand = rootCommand;
  }

  /** Runs {@code args} and returns the exit code; only {@code main} may exit. */
  public int run(CliIo io, String... args) {
    int code = answer(io, args);
    if (code == ExitCode.DONE && io.out() instanceof StandardOutput out) {
      Optional<String> failure = out.failure();
      if (failure.isPresent()) {
        io.err().println(ErrorLine.of(binary, "cannot write to standard output: " + failure.get()));
        return ExitCode.FAILED;
      }
    }
    return code;
  }

  private int answer(CliIo io, String... args) {
    // Answered before Picocli's classes load: 50 ms instead of 130 on a JVM.
    if (args.length == 1 && (args[0].equals("--version") || args[0].equals("-V"))) {
      io.out().println(binary + " " + Version.text());
      return ExitCode.DONE;
    }
    CommandLine line = new CommandLine(rootCommand.apply(io));
    line.addSubcommand("completion", new CompletionCommand());
    line.addSubcommand("man-pages", new ManCommand());
    line.setCommandName(binary);
    line.setOut(io.out());
    line.setErr(io.err());
    line.setUsageHelpAutoWidth(true);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.registerConverter(Path.class, Launcher::file);
    line.setParameterExceptionHandler((wrong, given) -> usageError(io, wrong));
    line.setExecutionExceptionHandler((thrown, command, parsed) -> failure(io, thrown));
    WordHelp.install(line);
    try {
      ConfigFile.applyTo(line, List.of(args));
      return line.execute(args);
    } catch (UserErrorException | IOException unfit) {
      return failure(io, unfit);
    }
  }

  /** An empty name, such as that of a variable which is not set, would be the working directory. */
  private static Path file(String name) {
    if (name.isEmpty()) {
      throw new CommandLine.TypeConversionException(ErrorLine.EMPTY);
    }
    return Path.of(name);
  }

  private int usageError(CliIo io, CommandLine.ParameterException wrong) {
    io.err().println(ErrorLine.of(wrong));
    return ExitCode.USAGE;
  }

  private int failure(CliIo io, Exception thrown) {
    if (thrown instanceof UserErrorException mistake) {
      io.err().println(ErrorLine.of(binary, mistake.getMessage()));
      return ExitCode.USAGE;
    }
    if (thrown instanceof CommandFailedException failed) {
      io.err().println(ErrorLine.of(binary, failed.getMessage()));
      return failed.exitCode();
    }
    if (thrown instanceof MalformedBytesException invalid) {
      io.err().println(ErrorLine.of(binary, invalid.getMessage()));
      return ExitCode.INVALID;
    }
    if (thrown instanceof IOException broken) {
      io.err().println(ErrorLine.of(binary, FileTrouble.text(broken)));
      return FileTrouble.exitCode(broken);
    }
    if (thrown instanceof InterruptedException) { // Ctrl-C in a shell of ours.
      io.err().println(ErrorLine.of(binary, "interrupted"));
      return ExitCode.FAILED;
    }
    io.err().println(ErrorLine.of(binary, "internal error (please report): " + thrown));
    thrown.printStackTrace(io.err());
    return ExitCode.FAILED;
  }
}
