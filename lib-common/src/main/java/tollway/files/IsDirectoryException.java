// SPDX-License-Identifier: Apache-2.0
package tollway.files;

import java.nio.file.FileSystemException;

/** A directory is where a file was meant to be. */
public final class IsDirectoryException extends FileSystemException {
  private static final long serialVersionUID = 1;

  IsDirectoryException(String file) {
    super(file);
  }
}
