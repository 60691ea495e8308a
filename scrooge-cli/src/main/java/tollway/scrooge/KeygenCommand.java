// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;
import tollway.identity.Identity;

/** {@code scrooge keygen}: a new identity. */
@Command(
    name = "keygen",
    description = "Make this node's key pair and print its public key.",
    footer = {
      "",
      "The private key goes to a file of mode 0600: /etc/tollway/identity.pem for root,",
      "~/.config/tollway/identity.pem for others, unless -o says where."
    })
final class KeygenCommand extends Subcommand {
  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Where the private key goes.")
  private @Nullable Path output;

  @Option(names = "--force", description = "Replace an existing key for good.")
  private boolean force;

  @Option(names = "--json", description = "Print a JSON object.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    Path file = output == null ? KeyFiles.standard(io().environment()) : output;
    Identity made = Identity.generate(new SecureRandom());
    KeyFiles.store(file, made, force);
    new KeyReport(made.nodeId(), file).print(io().out(), json);
    return ExitCode.DONE;
  }
}
