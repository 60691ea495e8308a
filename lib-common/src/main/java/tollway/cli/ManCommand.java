// SPDX-License-Identifier: Apache-2.0
package tollway.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code man-pages}: for those who package; the installed pages were made by it. */
@Command(
    name = "man-pages",
    hidden = true,
    description = "Write the manual page of every command to a directory.")
final class ManCommand extends Subcommand {
  @Spec private @Nullable CommandSpec self;

  @Parameters(paramLabel = "DIR", description = "Where to write; made when it does not exist.")
  private Path directory = Path.of("");

  @Override
  public Integer call() throws IOException {
    Files.createDirectories(directory);
    Map<String, String> pages = ManPage.all(Objects.requireNonNull(self).root().commandLine());
    for (Map.Entry<String, String> page : pages.entrySet()) {
      Files.writeString(directory.resolve(page.getKey()), page.getValue());
    }
    return ExitCode.DONE;
  }
}
