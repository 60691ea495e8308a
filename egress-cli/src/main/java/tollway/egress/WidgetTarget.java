// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tollway.cli.CliIo;
import tollway.cli.CommandFailedException;

/** The running widget that a command is for. */
final class WidgetTarget {
  @Option(
      names = "--control",
      paramLabel = "SOCKET",
      description = "The widget that listens there (default: the one that runs).")
  private @Nullable Path control;

  @Option(names = "--json", description = "Print a JSON object.")
  private boolean json;

  /** Asks, and prints the answer: how the widget stands, and its limits. */
  void ask(String command, JsonObject arguments, CliIo io)
      throws IOException, CommandFailedException {
    JsonObject answer =
        DaemonChoice.only(DaemonChoice.find(List.of(DaemonRole.WIDGET), control, io.environment()))
            .ask(command, arguments);
    if (json) {
      io.out().println(answer);
    } else {
      StatusText.print(answer, io.out());
    }
  }
}
