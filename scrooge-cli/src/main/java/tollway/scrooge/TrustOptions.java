// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import tollway.bytes.MalformedBytesException;
import tollway.cli.UserErrorException;
import tollway.trust.Standing;
import tollway.trust.TrustList;
import tollway.trust.TrustMode;
import tollway.trust.TrustRule;

/** The options of {@code scrooge run} that say whom to trust. */
final class TrustOptions {
  @Option(
      names = "--trust",
      paramLabel = "open|pinned|off",
      description =
          "Make tunnels with anybody, with keys that are pinned or allowed only, or with nobody"
              + " (default: ${DEFAULT-VALUE}).")
  private String trust = TrustMode.OPEN.label();

  @Option(
      names = "--pin",
      paramLabel = "KEY[%IF]|FILE",
      description = "A key, or a file of them, whose tunnel is never ended for another's.")
  private List<String> pin = new ArrayList<>();

  @Option(
      names = "--allow",
      paramLabel = "KEY[%IF]|FILE",
      description = "A key, or a file of them, that may have a tunnel if --trust is 'pinned'.")
  private List<String> allow = new ArrayList<>();

  @Option(
      names = "--block",
      paramLabel = "KEY|FILE",
      description = "A key, or a file of them, that does not exist for us.")
  private List<String> block = new ArrayList<>();

  /** Reads the files, too. */
  TrustConfig toConfig() throws IOException {
    TrustMode mode =
        TrustMode.ofLabel(trust)
            .orElseThrow(
                () ->
                    new UserErrorException(
                        "--trust: '" + trust + "' is neither open, pinned nor off"));
    List<TrustConfig.Source> sources = new ArrayList<>();
    add(sources, "--pin", Standing.PINNED, pin);
    add(sources, "--allow", Standing.ALLOWED, allow);
    add(sources, "--block", Standing.BLOCKED, block);
    return new TrustConfig(mode, sources);
  }

  private static void add(
      List<TrustConfig.Source> sources, String option, Standing standing, List<String> values)
      throws IOException {
    for (String value : values) {
      Path file = Path.of(value).toAbsolutePath();
      try {
        sources.add(
            Files.exists(file)
                ? TrustConfig.Source.of(file, standing, TrustList.read(file, standing))
                : TrustConfig.Source.of(option, TrustRule.parse(value, standing)));
      } catch (NoSuchFileException noFile) {
        throw new UserErrorException(option + ": '" + value + "' is not a file");
      } catch (MalformedBytesException fault) {
        throw new UserErrorException(
            option
                + ": "
                + fault.getMessage()
                + (Files.exists(file) ? "" : ", and there is no such file"));
      }
    }
  }
}
