// SPDX-License-Identifier: Apache-2.0
package tollway.exec;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What a program prints; has a name no longer than it must, so that a kill leaves nothing. */
final class Scratch implements AutoCloseable {
  private final Path file;
  private final FileChannel channel;

  private Scratch(Path file) throws IOException {
    this.file = file;
    this.channel = FileChannel.open(file, StandardOpenOption.READ);
  }

  static Scratch create(String suffix) throws IOException {
    return new Scratch(Files.createTempFile("tollway-", suffix));
  }

  File file() {
    return file.toFile();
  }

  /** The program has it open: its name is not needed any more. */
  void opened() throws IOException {
    Files.deleteIfExists(file);
  }

  long size() throws IOException {
    return channel.size();
  }

  /** The first {@code most} bytes, of UTF-8. */
  String text(int most) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(channel.size(), most));
    int read = 0;
    while (read >= 0 && bytes.hasRemaining()) {
      read = channel.read(bytes, bytes.position());
    }
    return StandardCharsets.UTF_8.decode(bytes.flip()).toString();
  }

  @Override
  public void close() throws IOException {
    channel.close();
    Files.deleteIfExists(file);
  }
}
