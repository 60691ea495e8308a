// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.SortedMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tollway.files.Directories;
import tollway.files.DirectoryLock;
import tollway.loop.EventLoop;
import tollway.pipeline.RelayJournal;
import tollway.store.DayFile;

/** What a volunteer relayed on which day, in a file that one process at a time has. */
final class FileJournal implements RelayJournal {
  private static final Logger log = LoggerFactory.getLogger(FileJournal.class);

  private final Path file;
  private final EventLoop os;
  private final EventLoop loop;
  private final SortedMap<LocalDate, Long> earlier;

  /** Why the file was not written last time; on {@code os}. */
  private String refused = "";

  /** Held for as long as the process lives. */
  @SuppressWarnings({"UnusedVariable", "FieldCanBeLocal"})
  private final DirectoryLock lock;

  private FileJournal(
      Path file,
      EventLoop os,
      EventLoop loop,
      SortedMap<LocalDate, Long> earlier,
      DirectoryLock lock) {
    this.file = file;
    this.os = os;
    this.loop = loop;
    this.earlier = earlier;
    this.lock = lock;
  }

  /** Blocks. Results are told on {@code loop}, and files written on {@code os}. */
  static FileJournal open(Path directory, EventLoop os, EventLoop loop) throws IOException {
    Directories.make(directory);
    DirectoryLock lock = DirectoryLock.take(directory);
    Path file = directory.resolve("relayed");
    try {
      return new FileJournal(file, os, loop, DayFile.read(file), lock);
    } catch (IOException unfit) {
      lock.close();
      throw unfit;
    }
  }

  @Override
  public SortedMap<LocalDate, Long> earlier() {
    return earlier;
  }

  @Override
  public void write(SortedMap<LocalDate, Long> days, Consumer<Boolean> done) {
    os.execute(
        () -> {
          boolean written = false;
          try {
            DayFile.write(file, days);
            written = true;
            refused = "";
          } catch (IOException why) {
            String text = String.valueOf(why.getMessage());
            if (!text.equals(refused)) { // A full disk stays full for a while.
              log.warn("{}: {}", file, text);
            }
            refused = text;
          }
          boolean result = written;
          loop.execute(() -> done.accept(result));
        });
  }
}
