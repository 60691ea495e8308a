// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tollway.bytes.MalformedBytesException;
import tollway.cli.UserErrorException;
import tollway.identity.Identity;
import tollway.identity.IdentityFile;

/** Where a node's private key is, and who may read it. */
final class KeyFiles {
  private static final Path SYSTEM = Path.of("/etc");

  private static final Set<PosixFilePermission> OTHERS =
      Set.of(
          PosixFilePermission.GROUP_READ,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE);

  private KeyFiles() {}

  /** {@code /etc/tollway/identity.pem} for root, else the same below the user's configuration. */
  static Path standard(Map<String, String> environment) {
    return configuration(environment).resolve("tollway").resolve("identity.pem");
  }

  private static Path configuration(Map<String, String> environment) {
    @Nullable String configured = environment.get("XDG_CONFIG_HOME");
    if (configured != null && !configured.isEmpty()) {
      return Path.of(configured);
    }
    @Nullable String home = environment.get("HOME");
    boolean root = "root".equals(System.getProperty("user.name"));
    return root || home == null ? SYSTEM : Path.of(home, ".config");
  }

  /** The key in {@code file}, which nobody but its owner may be able to read. */
  static Identity load(Path file) throws IOException, MalformedBytesException {
    if (Files.isDirectory(file)) {
      throw new UserErrorException("'" + file + "' is a directory, not a private key");
    }
    Set<PosixFilePermission> granted = Files.getPosixFilePermissions(file);
    if (granted.stream().anyMatch(OTHERS::contains)) {
      throw new UserErrorException(
          "others can read or change the private key: chmod 600 '" + file + "'");
    }
    try {
      return IdentityFile.load(file);
    } catch (MalformedBytesException damaged) {
      throw new MalformedBytesException(file + ": " + damaged.getMessage(), damaged);
    }
  }

  /** Writes {@code identity} to {@code file}, over an existing key only when {@code force}. */
  static void store(Path file, Identity identity, boolean force) throws IOException {
    if (file.toString().isEmpty() || Files.isDirectory(file)) {
      throw new UserErrorException(
          "'"
              + file
              + "' is "
              + (file.toString().isEmpty() ? "no file" : "a directory")
              + ": name the file for the key, such as "
              + file.resolve("identity.pem"));
    }
    if (force) {
      IdentityFile.replace(file, identity);
      return;
    }
    try {
      IdentityFile.create(file, identity);
    } catch (FileAlreadyExistsException occupied) {
      throw new UserErrorException("'" + file + "' exists: --force replaces it for good");
    }
  }
}
