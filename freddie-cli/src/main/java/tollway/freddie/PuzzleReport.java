// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import tollway.admission.Evaluator;
import tollway.admission.Mint;
import tollway.admission.Puzzle;
import tollway.admission.Solution;

/**
 * What {@code freddie puzzle} has to say.
 *
 * @param checkNanos how long a check takes, the median of some
 * @param work how the solution was found, if it was here
 */
record PuzzleReport(
    Puzzle puzzle, Solution solution, boolean valid, long checkNanos, Optional<Work> work) {
  private static final int CHECKS = 21;
  private static final double DAY = 86_400;

  record Work(int threads, Mint.Minted minted) {}

  static PuzzleReport minted(Puzzle puzzle, int threads, Mint.Minted minted) {
    return checked(puzzle, minted.solution(), Optional.of(new Work(threads, minted)));
  }

  static PuzzleReport verified(Puzzle puzzle, Solution solution) {
    return checked(puzzle, solution, Optional.empty());
  }

  private static PuzzleReport checked(Puzzle puzzle, Solution solution, Optional<Work> work) {
    Evaluator evaluator = new Evaluator();
    boolean valid = false;
    long[] nanos = new long[CHECKS];
    for (int i = 0; i < CHECKS; i++) {
      long begun = System.nanoTime();
      valid = evaluator.verifies(puzzle, solution);
      nanos[i] = System.nanoTime() - begun;
    }
    Arrays.sort(nanos);
    return new PuzzleReport(puzzle, solution, valid, nanos[CHECKS / 2], work);
  }

  void print(PrintWriter out, boolean json) {
    if (json) {
      out.println(json());
      return;
    }
    line(out, "key", puzzle.identity().base64());
    line(out, "seed", puzzle.seed().hex());
    line(out, "effort", String.format(Locale.ROOT, "%,d", puzzle.effort()));
    if (work.isPresent()) {
      Mint.Minted minted = work.get().minted();
      line(out, "solution", solution.encoded().base64());
      line(
          out,
          "work",
          String.format(
              Locale.ROOT,
              "%,d evaluations, %.2f s on %d thread%s, %.2f s of CPU",
              minted.evaluations(),
              minted.nanos() / 1e9,
              work.get().threads(),
              work.get().threads() == 1 ? "" : "s",
              minted.cpuNanos() / 1e9));
      line(
          out,
          "cost",
          String.format(
              Locale.ROOT,
              "%.2f ms an evaluation, so %.2f s of CPU for an identity on average: %,d a day and"
                  + " core",
              perEvaluation() * 1e3,
              perIdentity(),
              perDay()));
    } else {
      line(out, "solution", valid ? "right" : "wrong");
    }
    line(
        out,
        "check",
        String.format(Locale.ROOT, "%.3f ms%s", checkNanos / 1e6, valid ? "" : " to find out"));
  }

  private JsonObject json() {
    JsonObject json = new JsonObject();
    json.addProperty("key", puzzle.identity().base64());
    json.addProperty("seed", puzzle.seed().hex());
    json.addProperty("effort", puzzle.effort());
    json.addProperty("solution", solution.encoded().base64());
    json.addProperty("valid", valid);
    json.addProperty("check_ms", rounded(checkNanos / 1e6));
    work.ifPresent(
        done -> {
          json.addProperty("threads", done.threads());
          json.addProperty("evaluations", done.minted().evaluations());
          json.addProperty("seconds", rounded(done.minted().nanos() / 1e9));
          json.addProperty("cpu_seconds", rounded(done.minted().cpuNanos() / 1e9));
          json.addProperty("cpu_ms_per_evaluation", rounded(perEvaluation() * 1e3));
          json.addProperty("cpu_seconds_per_identity", rounded(perIdentity()));
          json.addProperty("identities_per_core_day", perDay());
        });
    return json;
  }

  /** In seconds of CPU. */
  private double perEvaluation() {
    return work.map(done -> done.minted().cpuNanos() / 1e9 / done.minted().evaluations())
        .orElse(0.0);
  }

  private double perIdentity() {
    return perEvaluation() * puzzle.effort();
  }

  private long perDay() {
    return Math.round(DAY / perIdentity());
  }

  private static void line(PrintWriter out, String what, String text) {
    out.printf("%-9s %s%n", what, text);
  }

  private static double rounded(double figure) {
    return Math.round(figure * 1000) / 1000.0;
  }
}
