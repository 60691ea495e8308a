// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/** A line that is written again and again, when a terminal shows it; else nothing. */
final class ProgressBar implements AutoCloseable {
  private static final int WIDTH = 24;
  private static final long PAUSE_NANOS = 250_000_000;

  private final PrintWriter err;
  private final String what;
  private final long of;
  private final boolean watched;
  private long startedAt = -1;
  private long shownAt;
  private long first;

  ProgressBar(PrintWriter err, String what, long of, boolean watched) {
    this.err = err;
    this.what = what;
    this.of = of;
    this.watched = watched;
  }

  /** For standard error as it is. */
  static ProgressBar on(PrintWriter err, String what, long of) {
    return new ProgressBar(err, what, of, isTerminal());
  }

  private static boolean isTerminal() {
    try {
      String end = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
      return end.startsWith("/dev/pts/") || end.startsWith("/dev/tty");
    } catch (IOException unknown) {
      return false; // Whoever it is can wait for the result.
    }
  }

  /** {@code done} of all, and a word more. */
  void show(long done, String more) {
    long now = System.nanoTime();
    if (!watched || (startedAt >= 0 && now - shownAt < PAUSE_NANOS)) {
      return;
    }
    if (startedAt < 0) {
      startedAt = Math.max(0, now);
      first = done;
    }
    shownAt = now;
    err.print(line(done, more, Duration.ofNanos(now - startedAt)));
    err.flush();
  }

  String line(long done, String more, Duration since) {
    int filled = of == 0 ? WIDTH : (int) (WIDTH * done / of);
    double rate = since.isZero() ? 0 : (done - first) * 1e9 / since.toNanos();
    String left = rate > 0 ? ", " + Math.round((of - done) / rate) + " s left" : "";
    String text =
        "[%s%s] %3d %%  %d of %d %s%s%s"
            .formatted(
                "#".repeat(filled),
                ".".repeat(WIDTH - filled),
                of == 0 ? 100 : 100 * done / of,
                done,
                of,
                what,
                more.isEmpty() ? "" : ", " + more,
                left);
    return String.format(Locale.ROOT, "\r%-79.79s", text);
  }

  /** Leaves no trace. */
  @Override
  public void close() {
    if (startedAt >= 0) {
      err.print("\r" + " ".repeat(79) + "\r");
      err.flush();
    }
  }
}
