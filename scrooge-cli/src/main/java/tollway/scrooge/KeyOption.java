// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tollway.bytes.MalformedBytesException;
import tollway.cli.CliIo;
import tollway.cli.UserErrorException;
import tollway.identity.Identity;

/** Whose private key a command uses. */
final class KeyOption {
  @Option(
      names = "--key",
      paramLabel = "FILE",
      description = "The private key (default: where keygen puts it).")
  private @Nullable Path file;

  Identity load(CliIo io) throws IOException, MalformedBytesException {
    Path from = file == null ? KeyFiles.standard(io.environment()) : file;
    if (!Files.exists(from)) {
      throw new UserErrorException(
          "--key: no file '" + from + "': 'scrooge keygen" + output(from) + "' makes one");
    }
    return KeyFiles.load(from);
  }

  private String output(Path from) {
    return file == null ? "" : " -o " + from;
  }
}
