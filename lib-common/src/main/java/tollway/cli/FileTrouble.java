// SPDX-License-Identifier: Apache-2.0
package tollway.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import tollway.files.IsDirectoryException;

/** What the system refused, in words: by itself the exception names only the file. */
public final class FileTrouble {
  private FileTrouble() {}

  public static String text(IOException why) {
    String message = String.valueOf(why.getMessage());
    if (why instanceof NoSuchFileException) {
      return "no such file: " + message;
    }
    if (why instanceof AccessDeniedException) {
      return "permission denied: " + message;
    }
    if (why instanceof IsDirectoryException) {
      return "is a directory: " + message;
    }
    if (why instanceof FileAlreadyExistsException) {
      return "exists already: " + message;
    }
    if (why instanceof FileSystemException file && isNoDirectory(why)) {
      return "not a directory: " + file.getFile();
    }
    return message;
  }

  static int exitCode(IOException why) {
    if (why instanceof AccessDeniedException) {
      return ExitCode.UNAVAILABLE;
    }
    boolean named =
        why instanceof NoSuchFileException
            || why instanceof IsDirectoryException
            || why instanceof FileAlreadyExistsException
            || isNoDirectory(why);
    return named ? ExitCode.USAGE : ExitCode.FAILED;
  }

  /** Java has a type for this, and seldom uses it. */
  private static boolean isNoDirectory(IOException why) {
    return why instanceof NotDirectoryException
        || (why instanceof FileSystemException file && "Not a directory".equals(file.getReason()));
  }
}
