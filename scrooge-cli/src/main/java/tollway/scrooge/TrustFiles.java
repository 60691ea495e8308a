// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tollway.bytes.MalformedBytesException;
import tollway.trust.TrustList;
import tollway.trust.TrustRule;

/**
 * Looks whether files of keys have changed and reads them again; what cannot be read leaves what
 * was read before. On the {@code os} loop.
 */
final class TrustFiles {
  private static final Logger log = LoggerFactory.getLogger(TrustFiles.class);

  private final List<TrustConfig.Source> sources;
  private final BiConsumer<String, List<TrustRule>> changed;
  private final Map<Path, String> seen = new HashMap<>();

  /** {@code changed} gets the name of a source and all that it holds now. */
  TrustFiles(List<TrustConfig.Source> sources, BiConsumer<String, List<TrustRule>> changed) {
    this.sources = sources.stream().filter(each -> each.file().isPresent()).toList();
    this.changed = changed;
  }

  boolean isEmpty() {
    return sources.isEmpty();
  }

  void look() {
    for (TrustConfig.Source source : sources) {
      Path file = source.file().orElseThrow();
      String state = state(file);
      if (!Objects.equals(seen.put(file, state), state)) {
        read(source, file);
      }
    }
  }

  private void read(TrustConfig.Source source, Path file) {
    try {
      changed.accept(source.name(), TrustList.read(file, source.standing()));
    } catch (NoSuchFileException gone) {
      log.warn("{} is gone; its keys stay {}", file, source.standing().label());
    } catch (IOException | MalformedBytesException unreadable) {
      log.warn("{}; what it said before stands", unreadable.getMessage());
    }
  }

  /** Differs when the file does. */
  private static String state(Path file) {
    try {
      BasicFileAttributes is = Files.readAttributes(file, BasicFileAttributes.class);
      return is.lastModifiedTime().toInstant() + " " + is.size() + " " + is.fileKey();
    } catch (IOException gone) {
      return "gone";
    }
  }
}
