// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import tollway.cli.TextFile;
import tollway.files.DurableFile;

/** An invite on disk, for its owner's eyes: it may hold a token. */
final class InviteFile {
  private InviteFile() {}

  static Path in(Path directory) {
    return directory.resolve("invite");
  }

  static void write(Path file, String invite) throws IOException {
    DurableFile.replace(file, (invite + "\n").getBytes(StandardCharsets.US_ASCII));
  }

  /** The text in {@code file}, which is no longer than any invite. */
  static String read(Path file) throws IOException {
    return TextFile.read(file, 32 << 10);
  }
}
