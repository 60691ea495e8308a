// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.IOException;
import java.security.SecureRandom;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;
import tollway.identity.Identity;

/** {@code scrooge keygen}: a new identity. */
@Command(
    name = "keygen",
    description = "Make this node's key pair and print its public key.",
    footer = {
      "",
      "The private key goes to a file of mode 0600: /etc/tollway/identity.pem for",
      "root, ~/.config/tollway/identity.pem for others, unless -o says where."
    })
final class KeygenCommand extends Subcommand {
  @Mixin private KeyOutput output = new KeyOutput();

  @Override
  public Integer call() throws IOException {
    output.store(Identity.generate(new SecureRandom()), io());
    return ExitCode.DONE;
  }
}
