// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tollway.bytes.MalformedBytesException;
import tollway.cli.TextFile;
import tollway.cli.UserErrorException;
import tollway.pipeline.TrustedRoots;

/** {@code --ca-file}, for volunteers. */
final class AuthorityOption {
  @Option(
      names = "--ca-file",
      paramLabel = "FILE",
      description =
          "Certificates (PEM) of those who may vouch for egresses, besides those that the system"
              + " trusts.")
  private @Nullable Path authorities;

  boolean isGiven() {
    return authorities != null;
  }

  TrustedRoots roots() throws IOException {
    if (authorities == null) {
      return TrustedRoots.SYSTEM;
    }
    try {
      return TrustedRoots.with(TextFile.utf8("--ca-file", authorities));
    } catch (MalformedBytesException wrong) {
      throw new UserErrorException("--ca-file: " + authorities + ": " + wrong.getMessage());
    }
  }
}
