// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import tollway.cli.UserErrorException;
import tollway.crawl.CrawlJournal;

/**
 * Where a crawl keeps what it finds, whatever links lead there.
 *
 * @param list what is published
 * @param journal how far it came
 * @param usual where that is when nobody names another place
 */
record CrawlFiles(Path list, Path journal, Path usual) {
  /** As many as Linux follows. */
  private static final int MOST_LINKS = 40;

  static CrawlFiles of(Path out, @Nullable Path state) throws IOException {
    Path list = place("--out", out);
    Path usual = place("--out", list.resolveSibling(list.getFileName() + ".crawl"));
    Path journal = state == null ? usual : place("--state", state);
    boolean same = journal.equals(list);
    if (same || (Files.exists(journal) && Files.exists(list) && Files.isSameFile(journal, list))) {
      throw new UserErrorException(
          state == null
              ? "--out: how far the crawl came would be kept in the list itself: give --state"
              : "--state: " + state + " is the list of --out: give another file");
    }
    return new CrawlFiles(list, journal, usual);
  }

  /** The file itself, in a directory that is there. */
  private static Path place(String option, Path file) throws IOException {
    Path place = file.toAbsolutePath();
    for (int links = 0; Files.isSymbolicLink(place) && links < MOST_LINKS; links++) {
      place = place.resolveSibling(Files.readSymbolicLink(place));
    }
    Path directory = place.getParent();
    if (directory == null || !Files.isDirectory(directory)) {
      throw new UserErrorException(option + ": there is no directory " + directory);
    }
    if (Files.isDirectory(place)) {
      throw new UserErrorException(option + ": " + file + " is a directory: name a file in it");
    }
    if (Files.isSymbolicLink(place)) {
      throw new UserErrorException(option + ": " + file + " is a link that leads nowhere");
    }
    return directory.toRealPath().resolve(place.getFileName());
  }

  /** Keeps those away who work on the same list with another journal. */
  Closeable reserve() throws IOException {
    return journal.equals(usual) ? () -> {} : CrawlJournal.reserve(usual);
  }
}
