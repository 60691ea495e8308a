// SPDX-License-Identifier: Apache-2.0
package tollway.cli;

import java.io.InputStream;
import java.io.PrintWriter;
import java.util.Map;

/** What a command may touch of the process around it. */
public record CliIo(
    InputStream in, PrintWriter out, PrintWriter err, Map<String, String> environment) {
  public CliIo {
    environment = Map.copyOf(environment);
  }

  public static CliIo ofProcess() {
    return new CliIo(
        System.in, StandardOutput.open(), new StandardErrorWriter(System.err), System.getenv());
  }
}
