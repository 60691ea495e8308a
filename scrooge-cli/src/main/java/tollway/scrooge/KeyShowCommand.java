// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tollway.bytes.MalformedBytesException;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;

/** {@code scrooge key show}. */
@Command(name = "show", description = "Print the public key that belongs to a private key.")
final class KeyShowCommand extends Subcommand {
  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      description = "The private key's file (default: where keygen puts it).")
  private @Nullable Path given;

  @Option(names = "--json", description = "Print a JSON object.")
  private boolean json;

  @Override
  public Integer call() throws IOException, MalformedBytesException {
    Path file = given == null ? KeyFiles.standard(io().environment()) : given;
    new KeyReport(KeyFiles.load(file).nodeId(), file).print(io().out(), json);
    return ExitCode.DONE;
  }
}
