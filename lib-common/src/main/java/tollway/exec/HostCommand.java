// SPDX-License-Identifier: Apache-2.0
package tollway.exec;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Runs a program of the host, bounded in time and output. Blocks: call it on an {@code os} loop.
 */
public final class HostCommand {
  /** More output than this is a fault of the program, in bytes. */
  private static final int OUTPUT_LIMIT = 16 << 20;

  private static final Duration LIMIT = Duration.ofSeconds(20);

  /** How often a running program's output is measured. */
  private static final long LOOK_NANOS = 50_000_000;

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

  private static Result attempt(List<String> command, String stdin, Duration limit, int outputLimit)
      throws IOException {
    // Files, not pipes: a program may hang, or leave a child behind that keeps its output open.
    Path output = Files.createTempFile("tollway-", ".stdout");
    Path errors = Files.createTempFile("tollway-", ".stderr");
    try {
      List<String> resolved = new ArrayList<>(command);
      find(command.get(0)).ifPresent(program -> resolved.set(0, program.toString()));
      ProcessBuilder builder =
          new ProcessBuilder(resolved)
              .redirectOutput(output.toFile())
              .redirectError(errors.toFile());
      builder.environment().put("LC_ALL", "C");
      builder.environment().put("PATH", searchPath());
      Process process = builder.start();
      try (OutputStream in = process.getOutputStream()) {
        in.write(stdin.getBytes(StandardCharsets.UTF_8));
      } catch (IOException closedEarly) {
        // The program did not want all of its input; its exit code tells.
      }
      await(process, command.get(0), limit, outputLimit, output, errors);
      return new Result(process.exitValue(), text(output), text(errors));
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while '" + command.get(0) + "' ran", stopping);
    } finally {
      Files.deleteIfExists(output);
      Files.deleteIfExists(errors);
    }
  }

  private static void await(
      Process process, String program, Duration limit, int outputLimit, Path... printed)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    boolean ended = false;
    while (!ended) {
      long left = Math.min(deadline - System.nanoTime(), LOOK_NANOS);
      ended = process.waitFor(Math.max(0, left), TimeUnit.NANOSECONDS);
      boolean tooMuch = false;
      for (Path each : printed) {
        tooMuch |= Files.size(each) > outputLimit;
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

  private static String text(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(OUTPUT_LIMIT), StandardCharsets.UTF_8);
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
