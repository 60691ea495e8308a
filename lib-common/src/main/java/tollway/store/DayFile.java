// SPDX-License-Identifier: Apache-2.0
package tollway.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tollway.files.DurableFile;

/**
 * A number for each of some days, in a text file of one line each, {@code 2026-05-04 1200000}. Read
 * and written whole. Calls block.
 */
public final class DayFile {
  private static final int LIMIT = 64 << 10;
  private static final Pattern LINE = Pattern.compile("(\\d{4}-\\d\\d-\\d\\d) (\\d{1,18})");

  private DayFile() {}

  /** Nothing when there is no such file; one that holds anything else is refused. */
  public static SortedMap<LocalDate, Long> read(Path file) throws IOException {
    SortedMap<LocalDate, Long> days = new TreeMap<>();
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(LIMIT + 1);
    } catch (NoSuchFileException none) {
      return days;
    }
    if (bytes.length > LIMIT) {
      throw unfit(file);
    }
    for (String line : new String(bytes, StandardCharsets.ISO_8859_1).split("\n")) {
      Matcher form = LINE.matcher(line);
      if (form.matches()) {
        try {
          days.put(LocalDate.parse(form.group(1)), Long.parseLong(form.group(2)));
        } catch (DateTimeException noSuchDay) {
          throw unfit(file);
        }
      } else if (!line.isEmpty()) {
        throw unfit(file);
      }
    }
    return days;
  }

  /** What was there before, or all of {@code days}, is on the disk, whatever happens meanwhile. */
  public static void write(Path file, SortedMap<LocalDate, Long> days) throws IOException {
    StringBuilder text = new StringBuilder();
    days.forEach((day, number) -> text.append(day).append(' ').append(number).append('\n'));
    DurableFile.replace(file, text.toString().getBytes(StandardCharsets.US_ASCII));
  }

  private static StoreUnfitException unfit(Path file) {
    return new StoreUnfitException(file + " is damaged: remove it, and its days begin at 0");
  }
}
