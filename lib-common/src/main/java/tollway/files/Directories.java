// SPDX-License-Identifier: Apache-2.0
package tollway.files;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/** Makes directories. */
public final class Directories {
  private Directories() {}

  /** With all above it; what stands in the way is told as what it is not. */
  public static void make(Path directory) throws IOException {
    try {
      Files.createDirectories(directory);
    } catch (FileAlreadyExistsException occupied) {
      throw new NotDirectoryException(occupied.getFile());
    }
  }
}
