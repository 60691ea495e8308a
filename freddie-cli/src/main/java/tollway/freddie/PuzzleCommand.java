// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tollway.admission.Mint;
import tollway.admission.Puzzle;
import tollway.admission.Solution;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.cli.ExitCode;
import tollway.cli.StandardError;
import tollway.cli.Subcommand;
import tollway.cli.UserErrorException;
import tollway.identity.Identity;
import tollway.identity.IdentityFile;
import tollway.identity.NodeId;
import tollway.loop.StopSignal;
import tollway.signaling.Signal;

/** {@code freddie puzzle}: what it costs to be a stranger here. */
@Command(
    name = "puzzle",
    sortOptions = false,
    description =
        "Do the work that a freddie under load asks of strangers, and say what it cost; or check"
            + " what somebody else did.",
    footer = {
      "",
      "Clients solve by themselves what their freddie asks. Exit code 0: solved, or the solution"
          + " given to --verify is right; 1: interrupted; 2: wrong options; 4: the solution is"
          + " wrong."
    })
final class PuzzleCommand extends Subcommand {
  private static final Duration REDRAW = Duration.ofMillis(100);

  @Option(
      names = "--effort",
      paramLabel = "N",
      description =
          "Evaluations that it takes on average, 1 to "
              + Puzzle.MAX_EFFORT
              + " (default: "
              + Puzzle.USUAL_EFFORT
              + ").")
  private @Nullable Integer effort;

  @Option(
      names = "--key",
      paramLabel = "KEY|FILE",
      description =
          "For whom: a public key, or the file of a private one. Default: a key that nobody has, to"
              + " see the cost.")
  private @Nullable String key;

  @Option(
      names = "--seed",
      paramLabel = "HEX",
      description = "What the freddie said, 32 digits (default: random).")
  private @Nullable String seed;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads to work on, 1 to 256 (default: 1).")
  private @Nullable Integer threads;

  @Option(
      names = "--verify",
      paramLabel = "SOLUTION",
      description = "Check this one, for --key, instead of working.")
  private @Nullable String given;

  @Option(names = "--json", description = "Print one JSON object instead.")
  private boolean json;

  @Override
  public Integer call() throws IOException, MalformedBytesException, InterruptedException {
    check();
    if (given != null) {
      return verify(given);
    }
    Puzzle puzzle =
        new Puzzle(
            Signal.SERVICE,
            key == null ? Identity.generate(new SecureRandom()).nodeId() : identity(key),
            seed == null ? randomSeed() : seed(seed),
            effort());
    StopSignal stop = new StopSignal().installed();
    int code = ExitCode.FAILED;
    try {
      Optional<Mint.Minted> minted = mint(puzzle, stop);
      if (minted.isPresent()) {
        PuzzleReport.minted(puzzle, threads(), minted.get()).print(io().out(), json);
        code = ExitCode.DONE;
      }
    } finally {
      stop.stopped(code); // The process may end here.
    }
    return code;
  }

  private void check() {
    if (effort() < 1 || effort() > Puzzle.MAX_EFFORT) {
      throw new UserErrorException("--effort: give a number from 1 to " + Puzzle.MAX_EFFORT);
    }
    if (threads() < 1 || threads() > 256) {
      throw new UserErrorException("--threads: give a number from 1 to 256");
    }
    if (given != null && key == null) {
      throw new UserErrorException("--verify: say with --key for whom the solution is");
    }
    if (given != null && (effort != null || seed != null || threads != null)) {
      throw new UserErrorException(
          "--verify: the solution says its effort and seed: leave --effort, --seed, --threads out");
    }
  }

  private int effort() {
    return effort == null ? Puzzle.USUAL_EFFORT : effort;
  }

  private int threads() {
    return threads == null ? 1 : threads;
  }

  private int verify(String text) throws IOException, MalformedBytesException {
    NodeId whose = identity(Objects.requireNonNull(key));
    Solution solution;
    try {
      solution = Solution.of(Bytes.ofBase64(text));
    } catch (MalformedBytesException noSolution) {
      throw new MalformedBytesException(
          "--verify: not a solution: " + noSolution.getMessage(), noSolution);
    }
    PuzzleReport report =
        PuzzleReport.verified(Puzzle.of(Signal.SERVICE, whose, solution), solution);
    report.print(io().out(), json);
    return report.valid() ? ExitCode.DONE : ExitCode.INVALID;
  }

  /** Empty: a signal came first, and that was said. */
  private Optional<Mint.Minted> mint(Puzzle puzzle, StopSignal stop) throws InterruptedException {
    Mint mint = Mint.start(puzzle, threads(), new SecureRandom());
    PuzzleProgress progress = new PuzzleProgress(effort());
    boolean watched = !json && StandardError.isTerminal();
    boolean stopped = false;
    while (!stopped && !mint.minted().isDone()) {
      stopped = stop.await(REDRAW);
      if (watched) {
        io().err().print("\r" + progress.line(mint.evaluations(), mint.nanos()));
        io().err().flush();
      }
    }
    mint.cancel();
    if (watched) {
      io().err().print("\r" + " ".repeat(PuzzleProgress.WIDTH) + "\r");
      io().err().flush();
    }
    if (mint.minted().isCancelled()) {
      io().err().println("freddie: interrupted after " + mint.evaluations() + " evaluations");
      return Optional.empty();
    }
    return Optional.of(mint.minted().join());
  }

  private static Bytes randomSeed() {
    return Bytes.random(new SecureRandom(), Solution.SEED_SIZE);
  }

  private static Bytes seed(String hex) {
    try {
      Bytes seed = Bytes.ofHex(hex);
      if (seed.size() == Solution.SEED_SIZE) {
        return seed;
      }
    } catch (MalformedBytesException notHex) {
      // Said below, as for a wrong length.
    }
    throw new UserErrorException("--seed: give 32 hexadecimal digits");
  }

  private static NodeId identity(String key) throws IOException, MalformedBytesException {
    Path file = Path.of(key);
    if (key.isEmpty() || Files.isDirectory(file)) {
      throw new UserErrorException("--key: '" + key + "' is neither a file nor a public key");
    }
    if (Files.exists(file)) {
      try {
        return IdentityFile.load(file).nodeId();
      } catch (MalformedBytesException noKey) {
        throw new MalformedBytesException("--key: " + file + ": " + noKey.getMessage(), noKey);
      }
    }
    try {
      return NodeId.parse(key);
    } catch (MalformedBytesException noKey) {
      throw new UserErrorException(
          "--key: '" + key + "' is neither a file nor a public key: " + noKey.getMessage());
    }
  }
}
