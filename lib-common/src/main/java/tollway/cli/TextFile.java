// SPDX-License-Identifier: Apache-2.0
package tollway.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A short file that somebody named on the command line. */
public final class TextFile {
  private TextFile() {}

  /** The first {@code limit} bytes of it, one character each. */
  public static String read(Path file, int limit) throws IOException {
    if (Files.isDirectory(file)) {
      throw new UserErrorException(file + " is a directory");
    }
    try (var in = Files.newInputStream(file)) {
      return new String(in.readNBytes(limit), StandardCharsets.ISO_8859_1);
    }
  }
}
