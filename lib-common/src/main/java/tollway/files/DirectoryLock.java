// SPDX-License-Identifier: Apache-2.0
package tollway.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Makes sure that one process at a time uses a directory; a crash gives it back. */
public final class DirectoryLock implements AutoCloseable {
  private final FileChannel channel;

  private DirectoryLock(FileChannel channel) {
    this.channel = channel;
  }

  /** Somebody else has the directory. */
  public static final class TakenException extends IOException {
    private static final long serialVersionUID = 1;

    TakenException(Path directory) {
      super("another process uses '" + directory + "'");
    }
  }

  /** By a file {@code lock} in {@code directory}, which is there. */
  public static DirectoryLock take(Path directory) throws IOException {
    FileChannel channel =
        FileChannel.open(
            directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (isOurs(channel)) {
        return new DirectoryLock(channel);
      }
    } catch (IOException refused) {
      channel.close();
      throw refused;
    }
    channel.close();
    throw new TakenException(directory);
  }

  private static boolean isOurs(FileChannel channel) throws IOException {
    try {
      @Nullable Object lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException sameProcess) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
