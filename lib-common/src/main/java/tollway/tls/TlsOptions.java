// SPDX-License-Identifier: Apache-2.0
package tollway.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tollway.bytes.MalformedBytesException;
import tollway.cli.TextFile;
import tollway.cli.UserErrorException;

/** {@code --tls-cert} and {@code --tls-key}, for servers. */
public final class TlsOptions {
  @Option(
      names = "--tls-cert",
      paramLabel = "FILE",
      description =
          "Speak TLS, with the certificates in this PEM file, our own first. It is read again when"
              + " it changes and on SIGHUP.")
  private @Nullable Path certificate;

  @Option(
      names = "--tls-key",
      paramLabel = "FILE",
      description = "The key of the certificate (PEM, without a password).")
  private @Nullable Path key;

  public boolean isSecure() {
    return certificate != null;
  }

  /** The files that are read again when they change. */
  public List<Path> files() {
    return certificate == null || key == null ? List.of() : List.of(certificate, key);
  }

  /** What the files hold now; empty when there are none. */
  public Optional<ServerTls> read() throws IOException {
    if (certificate == null && key == null) {
      return Optional.empty();
    }
    if (certificate == null || key == null) {
      throw new UserErrorException("--tls-cert and --tls-key: give both or neither");
    }
    try {
      return Optional.of(
          ServerTls.of(TextFile.utf8("--tls-cert", certificate), TextFile.utf8("--tls-key", key)));
    } catch (MalformedBytesException wrong) {
      throw new UserErrorException(
          "--tls-cert %s, --tls-key %s: %s".formatted(certificate, key, wrong.getMessage()));
    }
  }
}
