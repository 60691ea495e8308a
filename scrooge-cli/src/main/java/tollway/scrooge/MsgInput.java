// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tollway.bytes.Bytes;
import tollway.cli.CliIo;
import tollway.cli.UserErrorException;
import tollway.files.NamedFile;
import tollway.wire.LinkCodec;

/** Where a command finds its message. */
final class MsgInput {
  @Parameters(
      paramLabel = "MESSAGE",
      arity = "0..*",
      description = "The message, quoted or not; without one it is read from standard input.")
  private List<String> words = new ArrayList<>();

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "Read the message from a file.")
  private @Nullable Path file;

  /** The bytes as they are: one trailing line feed is the codec's business. */
  Bytes read(CliIo io) throws IOException {
    if (file != null && !words.isEmpty()) {
      throw new UserErrorException("give the message as an argument or in a file, not both");
    }
    if (!words.isEmpty()) {
      return Bytes.ofUtf8(String.join(" ", words));
    }
    if (file == null) {
      return read(io.in());
    }
    try (InputStream in = NamedFile.open(file)) {
      return read(in);
    }
  }

  private static Bytes read(InputStream in) throws IOException {
    // One byte more than can be right, so that the codec refuses what is too long.
    return Bytes.of(in.readNBytes(LinkCodec.SIZE_LIMIT + 1));
  }
}
