// SPDX-License-Identifier: Apache-2.0
package tollway.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Makes directories, and the names in them durable. */
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

  /** Makes the names in {@code directory} durable: else a power cut could undo a renaming. */
  public static void sync(Path directory) throws IOException {
    try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
      names.force(true);
    }
  }
}
