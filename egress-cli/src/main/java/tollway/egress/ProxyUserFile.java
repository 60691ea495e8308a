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
import tollway.pipeline.ProxyUser;

/** The file of {@code --proxy-user-file}. */
final class ProxyUserFile {
  private static final String OPTION = "--proxy-user-file";

  private static final Set<PosixFilePermission> OWNER =
      PosixFilePermissions.fromString("rwx------");

  private ProxyUserFile() {}

  /** Refuses a file that others may read or write: they would know the password. */
  static ProxyUser read(Path file) throws IOException {
    String text = TextFile.utf8(OPTION, file);
    Set<PosixFilePermission> others = new HashSet<>(Files.getPosixFilePermissions(file));
    others.removeAll(OWNER);
    if (!others.isEmpty()) {
      throw new UserErrorException(
          OPTION + ": others on this host may read or write it: chmod 600 " + file);
    }
    try {
      return ProxyUser.parse(text.replaceFirst("\\R\\z", ""));
    } catch (IllegalArgumentException wrong) {
      throw new UserErrorException(OPTION + ": " + wrong.getMessage());
    }
  }
}
