// SPDX-License-Identifier: Apache-2.0
package tollway.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that somebody named. */
public final class NamedFile {
  private NamedFile() {}

  /** For reading; the JDK would open a directory as well, and forget its name when it is read. */
  public static InputStream open(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new IsDirectoryException(file.toString());
    }
    return Files.newInputStream(file);
  }
}
