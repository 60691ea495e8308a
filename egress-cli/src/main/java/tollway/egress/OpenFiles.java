// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tollway.console.Check;

/** How many files and sockets this process may have open. */
final class OpenFiles {
  private static final int FEW = 1024;
  private static final String LINE = "Max open files";

  private OpenFiles() {}

  static Check check() throws IOException {
    Path limits = Path.of("/proc/self/limits");
    if (Files.isReadable(limits)) {
      for (String line : Files.readAllLines(limits)) {
        if (line.startsWith(LINE)) {
          // The soft limit, which the JVM has raised to the hard one by now.
          return judge(line.substring(LINE.length()).strip().split("\\s+")[0]);
        }
      }
    }
    return Check.warn("open files", "no limit is told", "is /proc mounted?");
  }

  private static Check judge(String most) {
    return most.matches("\\d{1,9}") && Integer.parseInt(most) < FEW
        ? Check.warn("open files", most + " at most: too few for a busy proxy", "ulimit -n 4096")
        : Check.ok("open files", most + " at most");
  }
}
