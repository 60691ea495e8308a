// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import tollway.cli.TextFile;
import tollway.files.Directories;

/** An invite on disk, for its owner's eyes: it may hold a token. */
final class InviteFile {
  private InviteFile() {}

  static Path in(Path directory) {
    return directory.resolve("invite");
  }

  static void write(Path file, String invite) throws IOException {
    Path absolute = file.toAbsolutePath();
    Path directory = absolute.resolveSibling("").normalize();
    Directories.make(directory);
    Path beside =
        Files.createTempFile(
            directory,
            ".invite",
            ".new",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      try (FileChannel channel = FileChannel.open(beside, Set.of(StandardOpenOption.WRITE))) {
        ByteBuffer text = ByteBuffer.wrap((invite + "\n").getBytes(StandardCharsets.US_ASCII));
        while (text.hasRemaining()) {
          channel.write(text);
        }
        channel.force(true);
      }
      Files.move(beside, absolute, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(beside);
    }
  }

  /** The text in {@code file}, which is no longer than any invite. */
  static String read(Path file) throws IOException {
    return TextFile.read(file, 32 << 10);
  }
}
