// SPDX-License-Identifier: Apache-2.0
package tollway.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import tollway.files.IsDirectoryException;
import tollway.files.NamedFile;

/** A short file that somebody named on the command line. */
public final class TextFile {
  private static final int LIMIT = 1 << 20;

  private TextFile() {}

  /** The first {@code limit} bytes of it, one character each. */
  public static String read(Path file, int limit) throws IOException {
    try (InputStream in = NamedFile.open(file)) {
      return new String(in.readNBytes(limit), StandardCharsets.ISO_8859_1);
    }
  }

  /** All of it; {@code option}, which named it, begins each complaint. */
  public static String utf8(String option, Path file) throws IOException {
    byte[] bytes;
    try (InputStream in = NamedFile.open(file)) {
      bytes = in.readNBytes(LIMIT + 1);
    } catch (NoSuchFileException missing) {
      throw new UserErrorException(option + ": no such file: " + file);
    } catch (IsDirectoryException directory) {
      throw new UserErrorException(option + ": is a directory: " + file);
    }
    if (bytes.length > LIMIT) {
      throw new UserErrorException(option + ": " + file + " is longer than " + LIMIT + " bytes");
    }
    ByteBuffer rest = ByteBuffer.wrap(bytes);
    int line = 1;
    for (int from = 0; from < bytes.length; line++) {
      int end = from;
      while (end < bytes.length && bytes[end] != '\n') {
        end++;
      }
      try {
        StandardCharsets.UTF_8.newDecoder().decode(rest.slice(from, end - from));
      } catch (CharacterCodingException notUtf8) {
        throw new UserErrorException(
            option + ": " + file + ": line " + line + " is not UTF-8 text");
      }
      from = end + 1;
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
