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
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tollway.files.Directories;

/**
 * A decimal number in a file, and below it the clock it was written by when it went by the clock.
 * Replaced as a whole: written beside, synced and renamed.
 */
final class SeqnoFile {
  private static final Logger log = LoggerFactory.getLogger(SeqnoFile.class);

  /** Twenty digits, as many again, a boot's name of 36; anything much longer is not ours. */
  private static final int SIZE_LIMIT = 100;

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
    Directories.make(directory);
  }

  /** What the file holds. */
  record Kept(long number, Optional<ClockMark> mark) {}

  /** The content; nothing when the file is absent or was damaged by somebody else. */
  Optional<Kept> read() throws IOException {
    try {
      if (Files.size(file) > SIZE_LIMIT) {
        throw new NumberFormatException("too long");
      }
      String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
      String[] lines = text.strip().split("\n", 2);
      return Optional.of(
          new Kept(
              Long.parseUnsignedLong(lines[0]),
              lines.length == 1 ? Optional.empty() : ClockMark.parse(lines[1])));
    } catch (NoSuchFileException fresh) {
      return Optional.empty();
    } catch (NumberFormatException damaged) {
      log.warn("{} holds no number; going by the clock", file);
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return file.toString();
  }

  /** Blocks until the content is on the disk. One caller at a time. */
  synchronized void write(Kept kept) throws IOException {
    String mark = kept.mark().map(each -> each.text() + "\n").orElse("");
    String text = Long.toUnsignedString(kept.number()) + "\n" + mark;
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
    Directories.sync(directory);
  }
}
