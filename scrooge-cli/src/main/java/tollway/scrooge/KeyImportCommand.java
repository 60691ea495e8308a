// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tollway.bytes.MalformedBytesException;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;
import tollway.cli.UserErrorException;
import tollway.files.NamedFile;
import tollway.identity.IdentityFile;

/** {@code scrooge key import}. */
@Command(
    name = "import",
    description = "Take over an existing private key and print its public key.",
    footer = {
      "",
      "Reads PKCS #8 PEM (openssl genpkey -algorithm ed25519), the base64 of a",
      "32-byte seed, or the base64 of the 64 bytes that the 2017 program used. Never",
      "give a key as an argument: everybody on the host can read arguments."
    })
final class KeyImportCommand extends Subcommand {
  private static final int SIZE_LIMIT = 4096;

  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      description = "Where the key is now; '-' or nothing is standard input.")
  private @Nullable String from;

  @Mixin private KeyOutput output = new KeyOutput();

  @Override
  public Integer call() throws IOException, MalformedBytesException {
    String text = read();
    try {
      output.store(IdentityFile.parse(text), io());
    } catch (MalformedBytesException unfit) {
      String name = from == null || from.equals("-") ? "standard input" : from;
      throw new MalformedBytesException(name + ": " + unfit.getMessage());
    }
    return ExitCode.DONE;
  }

  private String read() throws IOException, MalformedBytesException {
    if (from == null || from.equals("-")) {
      return text(io().in());
    }
    refuseSecret(from);
    try (InputStream in = NamedFile.open(Path.of(from))) {
      return text(in);
    }
  }

  private static String text(InputStream in) throws IOException, MalformedBytesException {
    byte[] bytes = in.readNBytes(SIZE_LIMIT + 1);
    if (bytes.length > SIZE_LIMIT) {
      throw new MalformedBytesException("that is too long for a private key");
    }
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /** So that no error line repeats what should not have been said. */
  private static void refuseSecret(String name) {
    try {
      IdentityFile.parse(name);
    } catch (MalformedBytesException aName) {
      return;
    }
    throw new UserErrorException(
        "that argument is a private key, which others may have read by now:"
            + " give keys in a file or on standard input, and make a new one");
  }
}
