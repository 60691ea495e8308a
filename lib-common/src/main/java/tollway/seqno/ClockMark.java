// SPDX-License-Identifier: Apache-2.0
package tollway.seqno;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How far the wall clock is ahead of the monotonic clock, in microseconds, during one boot of the
 * host. It shrinks only when somebody sets the wall clock back.
 */
record ClockMark(String boot, long offset) {
  private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");

  /** More than two readings lie apart, less than a new process needs until its first number. */
  private static final long TOLERANCE = 20_000;

  /** Names this boot; empty where the host does not tell. */
  static String thisBoot() {
    try {
      return Files.readString(BOOT).strip();
    } catch (IOException notLinux) {
      return "";
    }
  }

  /** False also when nothing can be said, as after another boot. */
  boolean isNotBehind(ClockMark earlier) {
    return !boot.isEmpty() && boot.equals(earlier.boot) && offset >= earlier.offset - TOLERANCE;
  }

  boolean isAheadOf(ClockMark earlier) {
    return offset > earlier.offset + TOLERANCE;
  }

  String text() {
    return offset + " " + boot;
  }

  /** What {@link #text} wrote; nothing when somebody else wrote it. */
  static Optional<ClockMark> parse(String text) {
    int space = text.indexOf(' ');
    try {
      return space < 0
          ? Optional.empty()
          : Optional.of(
              new ClockMark(text.substring(space + 1), Long.parseLong(text.substring(0, space))));
    } catch (NumberFormatException damaged) {
      return Optional.empty();
    }
  }
}
