// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.io.IOException;
import java.nio.file.Path;
import tollway.cli.UserErrorException;
import tollway.pipeline.ProxyUser;

/** The file of {@code --proxy-user-file}. */
final class ProxyUserFile {
  private static final String OPTION = "--proxy-user-file";

  private ProxyUserFile() {}

  /** Refuses a file that others may read or write. */
  static ProxyUser read(Path file) throws IOException {
    try {
      return ProxyUser.parse(SecretFile.line(OPTION, file));
    } catch (IllegalArgumentException wrong) {
      throw new UserErrorException(OPTION + ": " + wrong.getMessage());
    }
  }
}
