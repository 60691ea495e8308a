// SPDX-License-Identifier: Apache-2.0
package tollway.shaping;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tollway.exec.HostCommand;

/** Weights that a program prints; see {@link ClaimText}. It is run again and again. */
public final class ProgramWeights implements WeightSource {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final int OUTPUT_LIMIT = 4 << 20;

  private final Path program;
  private final Duration period;

  public ProgramWeights(Path program, Duration period) {
    this.program = program;
    this.period = period;
  }

  @Override
  public Optional<Map<String, Claim>> read() throws IOException {
    HostCommand.Result result =
        HostCommand.bounded(List.of(program.toString()), LIMIT, OUTPUT_LIMIT);
    if (result.exitCode() != 0) {
      throw new IOException(
          "'%s' failed with exit code %d: %s"
              .formatted(
                  program, result.exitCode(), result.stderr().lines().findFirst().orElse("")));
    }
    try {
      return Optional.of(ClaimText.parse(result.stdout()));
    } catch (ClaimText.UnfitException unfit) {
      throw new IOException("what '" + program + "' printed: " + unfit.getMessage());
    }
  }

  @Override
  public Duration period() {
    return period;
  }
}
