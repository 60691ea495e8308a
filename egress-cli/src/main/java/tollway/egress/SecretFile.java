// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Set;
import tollway.cli.TextFile;
import tollway.cli.UserErrorException;

/** A file with a password in one line. */
final class SecretFile {
  private static final Set<PosixFilePermission> OWNER =
      PosixFilePermissions.fromString("rwx------");

  private SecretFile() {}

  /** Refuses a file that others may read or write: they would know the password. */
  static String line(String option, Path file) throws IOException {
    String text = TextFile.utf8(option, file);
    Set<PosixFilePermission> others = new HashSet<>(Files.getPosixFilePermissions(file));
    others.removeAll(OWNER);
    if (!others.isEmpty()) {
      throw new UserErrorException(
          option + ": others on this host may read or write it: chmod 600 " + file);
    }
    return text.replaceFirst("\\R\\z", "");
  }
}
