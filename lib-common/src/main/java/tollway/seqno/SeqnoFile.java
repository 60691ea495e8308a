// SPDX-License-Identifier: Apache-2.0
package tollway.seqno;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One decimal number in a file, replaced as a whole: written beside, synced and renamed. */
final class SeqnoFile {
  private static final Logger log = LoggerFactory.getLogger(SeqnoFile.class);

  /** Twenty digits and a line feed; anything longer is not ours. */
  private static final int SIZE_LIMIT = 32;

  private final Path file;
  private final Path beside;
  private final Path directory;

  SeqnoFile(Path file) throws IOException {
    this.file = file.toAbsolutePath();
    Path parent = this.file.getParent();
    if (parent == null) {
      throw new IOException(file + " is not a file name");
    }
    directory = parent;
    beside = directory.resolve(this.file.getFileName() + ".new");
    Files.createDirectories(directory);
  }

  /** The number; nothing when the file is absent or was damaged by somebody else. */
  OptionalLong read() throws IOException {
    try {
      if (Files.size(file) > SIZE_LIMIT) {
        throw new NumberFormatException("too long");
      }
      String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
      return OptionalLong.of(Long.parseUnsignedLong(text.strip()));
    } catch (NoSuchFileException fresh) {
      return OptionalLong.empty();
    } catch (NumberFormatException damaged) {
      log.warn("{} holds no number; going by the clock", file);
      return OptionalLong.empty();
    }
  }

  /** Blocks until the number is on the disk. One caller at a time. */
  synchronized void write(long number) throws IOException {
    String text = Long.toUnsignedString(number) + "\n";
    try (FileChannel channel =
        FileChannel.open(
            beside,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
      names.force(true); // Else a power cut could undo the renaming.
    }
  }
}
