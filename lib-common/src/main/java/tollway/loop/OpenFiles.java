// SPDX-License-Identifier: Apache-2.0
package tollway.loop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** How many files and sockets this process may have open. */
public final class OpenFiles {
  private static final String LINE = "Max open files";

  private OpenFiles() {}

  /** {@link Long#MAX_VALUE} when that is all the same; empty where the system does not tell. */
  public static OptionalLong limit() {
    Path limits = Path.of("/proc/self/limits");
    try {
      if (Files.isReadable(limits)) {
        for (String line : Files.readAllLines(limits)) {
          if (line.startsWith(LINE)) {
            // The soft limit, which the JVM has raised to the hard one by now.
            String most = line.substring(LINE.length()).strip().split("\\s+")[0];
            return OptionalLong.of(
                most.matches("\\d{1,18}") ? Long.parseLong(most) : Long.MAX_VALUE);
          }
        }
      }
    } catch (IOException untold) {
      // As where there is no such file.
    }
    return OptionalLong.empty();
  }
}
