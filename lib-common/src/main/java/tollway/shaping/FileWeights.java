// SPDX-License-Identifier: Apache-2.0
package tollway.shaping;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Weights in a file that its owner may change at any time; see {@link ClaimText}. */
public final class FileWeights implements WeightSource {
  private static final int SIZE_LIMIT = 4 << 20;

  private final Path file;
  private @Nullable String last;

  public FileWeights(Path file) {
    this.file = file;
  }

  /** Reads rather than trusting the time of change, which misses two changes in one tick. */
  @Override
  public Optional<Map<String, Claim>> read() throws IOException {
    String text;
    try (InputStream in = Files.newInputStream(file)) {
      text = new String(in.readNBytes(SIZE_LIMIT + 1), StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException missing) {
      last = null; // Also the same text is news when it is back.
      throw new IOException("no file " + file);
    }
    if (text.equals(last)) {
      return Optional.empty();
    }
    last = text;
    if (text.length() > SIZE_LIMIT) {
      throw new IOException(file + " is larger than 4 MiB");
    }
    try {
      return Optional.of(ClaimText.parse(text));
    } catch (ClaimText.UnfitException unfit) {
      throw new IOException(file + ": " + unfit.getMessage());
    }
  }

  @Override
  public Duration period() {
    return Duration.ofSeconds(1);
  }
}
