// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tollway.cli.CliIo;
import tollway.identity.Identity;

/** Where a command puts a private key, and how it says so. */
final class KeyOutput {
  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description =
          "Where the private key goes (default: /etc/tollway/identity.pem for root, else"
              + " ~/.config/tollway/identity.pem).")
  private @Nullable Path output;

  @Option(names = "--force", description = "Replace an existing key for good.")
  private boolean force;

  @Option(names = "--json", description = "Print a JSON object.")
  private boolean json;

  void store(Identity identity, CliIo io) throws IOException {
    Path file = output == null ? KeyFiles.standard(io.environment()) : output;
    KeyFiles.store(file, identity, force);
    new KeyReport(identity.nodeId(), file).print(io.out(), json);
  }
}
