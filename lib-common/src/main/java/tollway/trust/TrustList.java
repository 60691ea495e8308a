// SPDX-License-Identifier: Apache-2.0
package tollway.trust;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tollway.bytes.MalformedBytesException;

/** A file of keys, one a line; what follows {@code #} is a comment. */
public final class TrustList {
  private static final int SIZE_LIMIT = 1 << 20;
  private static final int RULE_LIMIT = 10_000;

  private TrustList() {}

  /** Reads {@code file}; a fault names its line. Blocks. */
  public static List<TrustRule> read(Path file, Standing standing)
      throws IOException, MalformedBytesException {
    if (!Files.isRegularFile(file)) {
      throw new NoSuchFileException(file.toString());
    }
    if (Files.size(file) > SIZE_LIMIT) {
      throw new MalformedBytesException(file + " has more than 1 MiB");
    }
    return parse(file.toString(), Files.readString(file, StandardCharsets.ISO_8859_1), standing);
  }

  /** {@code name} is what faults call the text. */
  static List<TrustRule> parse(String name, String text, Standing standing)
      throws MalformedBytesException {
    List<TrustRule> rules = new ArrayList<>();
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      String entry = line.replaceFirst("#.*", "").strip();
      if (entry.isEmpty()) {
        continue;
      }
      if (rules.size() == RULE_LIMIT) {
        throw new MalformedBytesException(name + " has more than " + RULE_LIMIT + " keys");
      }
      try {
        rules.add(TrustRule.parse(entry, standing));
      } catch (MalformedBytesException fault) {
        throw new MalformedBytesException(name + ":" + number + ": " + fault.getMessage());
      }
    }
    return List.copyOf(rules);
  }
}
