// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tollway.cli.DurationText;
import tollway.cli.UserErrorException;
import tollway.shaping.FileWeights;
import tollway.shaping.ProgramWeights;
import tollway.shaping.Rate;
import tollway.shaping.WeightSource;

/** The options of {@code scrooge run} about sharing bandwidth out. */
final class ShareOptions {
  @Option(
      names = "--share",
      paramLabel = "N%|RATE",
      description = "What neighbours may use at most, all together: 40%% of the uplink, or 20mbit.")
  private @Nullable String share;

  @Option(
      names = "--uplink",
      paramLabel = "RATE|IF",
      description = "How fast the uplink is: 50mbit, or an interface whose driver knows.")
  private @Nullable String uplink;

  @Option(
      names = "--weights",
      paramLabel = "SOURCE",
      description =
          "Where weights come from: manual, file:PATH or exec:PROGRAM (default:"
              + " ${DEFAULT-VALUE}). 'scrooge weight' overrides.")
  private String weights = "manual";

  @Option(
      names = "--weights-every",
      paramLabel = "TIME",
      description = "How often exec:PROGRAM is run (default: ${DEFAULT-VALUE}).")
  private String every = "10s";

  @Option(
      names = "--weight-grace",
      paramLabel = "TIME",
      description =
          "How long who is missing in the source keeps its weight (default: ${DEFAULT-VALUE}).")
  private String grace = "5m";

  @Option(
      names = "--free-floor",
      paramLabel = "RATE",
      description = "What also a neighbour of weight 0 is promised (default: ${DEFAULT-VALUE}).")
  private String freeFloor = "1mbit";

  @Option(
      names = "--ingress-limit",
      paramLabel = "RATE",
      description = "What each neighbour may hand us to forward, at most.")
  private @Nullable String ingress;

  SharesConfig toConfig() {
    if (share == null && uplink != null) {
      throw new UserErrorException("--uplink: without --share it has no effect");
    }
    Optional<ShareWish> wish =
        Optional.ofNullable(share).map(text -> new ShareWish(text, Optional.ofNullable(uplink)));
    wish.ifPresent(ShareWish::resolve); // Now, before anything is made.
    return new SharesConfig(
        wish,
        source(),
        rate("--free-floor", freeFloor),
        DurationText.parse("--weight-grace", grace),
        Optional.ofNullable(ingress).map(text -> rate("--ingress-limit", text)));
  }

  private Optional<WeightSource> source() {
    Duration period = DurationText.parse("--weights-every", every);
    if (period.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new UserErrorException("--weights-every: once a second is the most");
    }
    if (weights.equals("manual")) {
      return Optional.empty();
    }
    if (weights.startsWith("file:")) {
      Path file = Path.of(weights.substring("file:".length())).toAbsolutePath();
      if (!Files.isReadable(file) || Files.isDirectory(file)) {
        throw new UserErrorException("--weights: cannot read the file '" + file + "'");
      }
      return Optional.of(new FileWeights(file));
    }
    if (weights.startsWith("exec:")) {
      Path program = Path.of(weights.substring("exec:".length())).toAbsolutePath();
      if (!Files.isExecutable(program) || Files.isDirectory(program)) {
        throw new UserErrorException("--weights: cannot run '" + program + "'");
      }
      return Optional.of(new ProgramWeights(program, period));
    }
    throw new UserErrorException(
        "--weights: '" + weights + "' is neither manual, file:PATH nor exec:PROGRAM");
  }

  private static Rate rate(String option, String text) {
    return Rate.parse(text)
        .orElseThrow(
            () ->
                new UserErrorException(
                    option + ": '" + text + "' is not a rate such as 500kbit or 20mbit"));
  }
}
