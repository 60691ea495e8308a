// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tollway.bytes.MalformedBytesException;
import tollway.cli.TextFile;
import tollway.cli.UserErrorException;
import tollway.tls.ServerTls;

/** {@code --ca-file}, for who asks a freddie as its clients do. */
final class AuthorityOption {
  @Option(
      names = "--ca-file",
      paramLabel = "FILE",
      description =
          "The authorities (PEM) of the freddie's certificate. Default: those whom Java trusts.")
  private @Nullable Path file;

  /** Empty for those whom Java trusts. */
  List<X509Certificate> authorities() throws IOException {
    if (file == null) {
      return List.of();
    }
    try {
      return ServerTls.certificates(TextFile.utf8("--ca-file", file));
    } catch (MalformedBytesException wrong) {
      throw new UserErrorException("--ca-file: " + file + ": " + wrong.getMessage());
    }
  }
}
