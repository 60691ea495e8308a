// SPDX-License-Identifier: Apache-2.0
package tollway.exec;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Runs a program of the host, bounded in time and output. Blocks: call it on an {@code os} loop.
 */
public final class HostCommand {
  /** More output than this is a fault of the program, in bytes. */
  private static final int OUTPUT_LIMIT = 16 << 20;

  private static final Duration LIMIT = Duration.ofSeconds(20);

  /** How often a running program's output is measured. */
  private static final long LOOK_NANOS = 50_000_000;

  /**
   * A shell between us and a program: its standard input is a pipe that nobody writes to, and that
   * the kernel closes when we are gone. (PR_SET_PDEATHSIG would not do: it is lost by a program
   * that gives up its privileges, as ZMap does.) $1 is the program's own input.
   */
  private static final String TIE =
      """
      exec 3<"$1" 4<&0 </dev/null && rm -f -- "$1" && shift || exit 127
      "$@" <&3 3<&- 4<&- &
      program=$!
      (trap '' HUP INT TERM; read -r none <&4; kill -KILL $program) 3<&- >/dev/null 2>&1 &
      watch=$!
      exec 3<&- 4<&-
      wait $program
      code=$?
      kill -KILL $watch
      exit $code
      """;

  private HostCommand() {}

  /** What the program said. */
  public record Result(int exitCode, String stdout, String stderr) {}

  /** Runs {@code command}; an exit code other than 0 is an {@link IOException} that names it. */
  public static String run(List<String> command) throws IOException {
    return run(command, "");
  }

  /** Like {@link #run(List)}, with {@code stdin} on the program's standard input. */
  public static String run(List<String> command, String stdin) throws IOException {
    return checked(command, attempt(command, stdin));
  }

  public static String checked(List<String> command, Result result) throws IOException {
    if (result.exitCode() != 0) {
      throw new IOException(
          "'%s' failed with exit code %d: %s"
              .formatted(String.join(" ", command), result.exitCode(), result.stderr().strip()));
    }
    return result.stdout();
  }

  /** Runs {@code command} and returns whatever came of it. */
  public static Result attempt(List<String> command, String stdin) throws IOException {
    return attempt(command, stdin, LIMIT, OUTPUT_LIMIT);
  }

  /** An operator's program: ended, with its children, when it takes longer or prints more. */
  public static Result bounded(List<String> command, Duration limit, int outputLimit)
      throws IOException {
    return attempt(command, "", limit, outputLimit);
  }

  /**
   * The same for one that works for long: it ends when this process does, by whatever signal.
   *
   * @param stdin public: it is in a file until the program has it open
   */
  public static Result tied(List<String> command, String stdin, Duration limit, int outputLimit)
      throws IOException {
    Path input = Files.createTempFile("tollway-", ".stdin");
    try {
      Files.writeString(input, stdin);
      List<String> tied = new ArrayList<>(List.of("/bin/sh", "-c", TIE, "sh", input.toString()));
      tied.addAll(resolved(command));
      return run(command.get(0), tied, limit, outputLimit, lifeline -> {});
    } finally {
      Files.deleteIfExists(input);
    }
  }

  private static Result attempt(List<String> command, String stdin, Duration limit, int outputLimit)
      throws IOException {
    return run(
        command.get(0),
        resolved(command),
        limit,
        outputLimit,
        in -> {
          try (in) {
            in.write(stdin.getBytes(StandardCharsets.UTF_8));
          } catch (IOException closedEarly) {
            // The program did not want all of its input; its exit code tells.
          }
        });
  }

  private static List<String> resolved(List<String> command) {
    List<String> resolved = new ArrayList<>(command);
    find(command.get(0)).ifPresent(program -> resolved.set(0, program.toString()));
    return resolved;
  }

  private static Result run(
      String program,
      List<String> command,
      Duration limit,
      int outputLimit,
      Consumer<OutputStream> feed)
      throws IOException {
    // Files, not pipes: a program may hang, or leave a child behind that keeps its output open.
    try (Scratch output = Scratch.create(".stdout");
        Scratch errors = Scratch.create(".stderr")) {
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectOutput(output.file()).redirectError(errors.file());
      builder.environment().put("LC_ALL", "C");
      builder.environment().put("PATH", searchPath());
      Process process = builder.start();
      output.opened();
      errors.opened();
      try (OutputStream in = process.getOutputStream()) {
        feed.accept(in);
        await(process, program, limit, outputLimit, output, errors);
      }
      return new Result(process.exitValue(), output.text(OUTPUT_LIMIT), errors.text(OUTPUT_LIMIT));
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while '" + program + "' ran", stopping);
    }
  }

  private static void await(
      Process process, String program, Duration limit, int outputLimit, Scratch... printed)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    boolean ended = false;
    while (!ended) {
      long left = Math.min(deadline - System.nanoTime(), LOOK_NANOS);
      ended = process.waitFor(Math.max(0, left), TimeUnit.NANOSECONDS);
      boolean tooMuch = false;
      for (Scratch each : printed) {
        tooMuch |= each.size() > outputLimit;
      }
      if (tooMuch || (!ended && System.nanoTime() - deadline >= 0)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        throw new IOException(
            tooMuch
                ? "'%s' printed more than %d bytes".formatted(program, outputLimit)
                : "'%s' did not end within %d s".formatted(program, limit.toSeconds()));
      }
    }
  }

  /** Where {@code program} is on the search path, the system directories included. */
  public static Optional<Path> find(String program) {
    for (String directory : searchPath().split(":")) {
      Path candidate = Path.of(directory.isEmpty() ? "." : directory, program);
      if (Files.isExecutable(candidate)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  /** An operator's path often lacks the system directories, also for root. */
  private static String searchPath() {
    return System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/sbin:/usr/bin:/bin";
  }
}
