// SPDX-License-Identifier: Apache-2.0
package tollway.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Writes files, for their owner's eyes alone where nothing else is said, of which all is on the
 * disk or nothing, whatever happens meanwhile. Makes the directories above them. Whatever is
 * refused, it is told of the file that was asked for: the name of the one that is made beside it
 * would explain nothing. Calls block.
 */
public final class DurableFile {
  private DurableFile() {}

  /** When it fails, what {@code file} held before is still there. */
  public static void replace(Path file, byte[] content) throws IOException {
    write(file, content, (from, to) -> Files.move(from, to, StandardCopyOption.ATOMIC_MOVE));
  }

  /** The same, for everybody to read. */
  public static void publish(Path file, byte[] content) throws IOException {
    write(
        file,
        content,
        (from, to) -> {
          // The permissions first: nobody meets the file without them.
          Files.setPosixFilePermissions(from, PosixFilePermissions.fromString("rw-r--r--"));
          Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        });
  }

  /**
   * Never overwrites.
   *
   * @throws FileAlreadyExistsException when {@code file} is there
   */
  public static void create(Path file, byte[] content) throws IOException {
    write(file, content, (from, to) -> Files.createLink(to, from));
  }

  private interface Step {
    void take(Path from, Path to) throws IOException;
  }

  private static void write(Path file, byte[] content, Step last) throws IOException {
    try {
      tryToWrite(file, content, last);
    } catch (FileAlreadyExistsException | NotDirectoryException told) {
      throw told;
    } catch (AccessDeniedException denied) {
      throw new AccessDeniedException(file.toString());
    } catch (NoSuchFileException noPlace) {
      throw cannotWrite(file, "no such directory", noPlace);
    } catch (FileSystemException refused) {
      throw cannotWrite(file, String.valueOf(refused.getReason()), refused);
    } catch (IOException refused) {
      throw cannotWrite(file, String.valueOf(refused.getMessage()), refused);
    }
  }

  private static IOException cannotWrite(Path file, String why, IOException refused) {
    return new IOException("cannot write " + file + ": " + why, refused);
  }

  private static void tryToWrite(Path file, byte[] content, Step last) throws IOException {
    Path absolute = file.toAbsolutePath();
    Path directory = absolute.getParent();
    if (directory == null) {
      throw new IOException("that is no file name");
    }
    Directories.make(directory);
    Path beside =
        Files.createTempFile(
            directory,
            "." + absolute.getFileName(),
            ".new",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      try (FileChannel channel = FileChannel.open(beside, Set.of(StandardOpenOption.WRITE))) {
        ByteBuffer rest = ByteBuffer.wrap(content);
        while (rest.hasRemaining()) {
          channel.write(rest);
        }
        channel.force(true);
      }
      last.take(beside, absolute);
      Directories.sync(directory);
    } finally {
      Files.deleteIfExists(beside);
    }
  }
}
