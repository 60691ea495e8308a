// SPDX-License-Identifier: Apache-2.0
package tollway.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where lines for people go, and lines that are written again and again for who sits there. */
public final class StandardError {
  private StandardError() {}

  /** Whether somebody sits there. */
  public static boolean isTerminal() {
    try {
      String end = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
      return end.startsWith("/dev/pts/") || end.startsWith("/dev/tty");
    } catch (IOException unknown) {
      return false; // Whoever it is can wait for the result.
    }
  }
}
