// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.time.LocalDate;
import java.time.YearMonth;
import java.util.TreeMap;

/**
 * How much a volunteer relayed on each day. What is on the disk runs ahead of the truth: so a
 * process that is killed has at most forgotten what it did not give, and never gives more than its
 * quota. On the widget's loop.
 */
final class RelayCount {
  /** How far ahead: the most that a crash takes from a quota, in bytes. */
  static final long AHEAD = 1_000_000;

  /** Two months and some: what a clock that was wrong at the start added goes first. */
  private static final int DAYS = 70;

  private final RelayJournal journal;
  private final Runnable onWritten;
  private final TreeMap<LocalDate, Long> days;
  private LocalDate today;
  private long day;
  private long month;
  private long onDisk;
  private boolean writing;
  private boolean failed;
  private boolean closed;

  /** {@code onWritten} hears after each write, well done or not. */
  RelayCount(RelayJournal journal, Runnable onWritten, LocalDate today) {
    this.journal = journal;
    this.onWritten = onWritten;
    days = new TreeMap<>(journal.earlier());
    this.today = today;
    begin(today);
  }

  /** Adds what was relayed just now. */
  void add(int bytes) {
    day += bytes;
    month += bytes;
    if (!failed) {
      writeAhead();
    }
  }

  /** Whether more was relayed than is written down: nothing more may go until it is. */
  boolean isBehind() {
    return day >= onDisk;
  }

  /** Whether the disk refused last time. */
  boolean hasFailed() {
    return failed;
  }

  long day() {
    return day;
  }

  long month() {
    return month;
  }

  /** Once a second or so: the day may be another, and what failed is tried again. */
  void tick(LocalDate date) {
    if (!date.equals(today)) {
      days.put(today, day);
      begin(date);
    }
    writeAhead();
  }

  /** Writes down the truth, last. */
  void close() {
    if (!closed) {
      write(day);
      closed = true;
    }
  }

  private void begin(LocalDate date) {
    today = date;
    day = days.getOrDefault(date, 0L);
    onDisk = day;
    YearMonth current = YearMonth.from(date);
    days.put(date, day);
    month =
        days.entrySet().stream()
            .filter(each -> YearMonth.from(each.getKey()).equals(current))
            .mapToLong(each -> each.getValue())
            .sum();
    while (days.size() > DAYS) {
      days.pollFirstEntry();
    }
  }

  private void writeAhead() {
    if (!writing && onDisk - day < AHEAD / 2) {
      write(day + AHEAD);
    }
  }

  private void write(long bytes) {
    if (closed) {
      return;
    }
    writing = true;
    LocalDate date = today;
    days.put(date, bytes);
    journal.write(
        new TreeMap<>(days),
        done -> {
          writing = false;
          failed = !done;
          if (done && date.equals(today)) {
            onDisk = bytes;
          }
          onWritten.run();
        });
  }
}
