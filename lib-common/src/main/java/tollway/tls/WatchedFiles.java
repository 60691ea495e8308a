// SPDX-License-Identifier: Apache-2.0
package tollway.tls;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tollway.cli.FileTrouble;
import tollway.cli.UserErrorException;
import tollway.loop.EventLoop;
import tollway.loop.ProcessSignals;

/**
 * Reads files again when they have changed, or when we are told to by SIGHUP. What cannot be used
 * changes nothing, but for a line that says so. On the loop for slow things.
 */
public final class WatchedFiles {
  private static final Duration LOOK = Duration.ofSeconds(1);

  /** Takes over what the files hold now. */
  public interface Reading {
    void read() throws IOException;
  }

  /** Files that belong together. */
  private static final class Watched {
    private final String what;
    private final List<Path> files;
    private final Reading reading;
    private List<String> used;
    private List<String> seen;

    Watched(String what, List<Path> files, Reading reading) {
      this.what = what;
      this.files = files;
      this.reading = reading;
      used = stamps();
      seen = used;
    }

    List<String> stamps() {
      return files.stream().map(WatchedFiles::stamp).toList();
    }
  }

  private final String program;
  private final EventLoop loop;
  private final PrintWriter err;
  private final List<Watched> all = new ArrayList<>();

  /** {@code program} begins the lines on {@code err}. */
  public WatchedFiles(String program, EventLoop loop, PrintWriter err) {
    this.program = program;
    this.loop = loop;
    this.err = err;
  }

  /** Before {@link #start}: these were read just now. */
  public void watch(String what, List<Path> files, Reading reading) {
    if (!files.isEmpty()) {
      all.add(new Watched(what, files, reading));
    }
  }

  /** Looks from now on. Also without any file, SIGHUP does not end the daemon any more. */
  public void start() {
    ProcessSignals.on("HUP", () -> loop.execute(() -> all.forEach(this::use)));
    if (!all.isEmpty()) {
      loop.every(LOOK, () -> all.forEach(this::look));
    }
  }

  /** Uses what has changed once it stays as it is: a certificate and its key come one by one. */
  private void look(Watched watched) {
    List<String> now = watched.stamps();
    boolean settled = now.equals(watched.seen);
    watched.seen = now;
    if (settled && !now.equals(watched.used)) {
      use(watched);
    }
  }

  private void use(Watched watched) {
    watched.used = watched.stamps();
    watched.seen = watched.used;
    try {
      watched.reading.read();
      err.println(program + ": " + watched.what + " read again");
    } catch (IOException unread) {
      kept(watched, FileTrouble.text(unread));
    } catch (UserErrorException unusable) {
      kept(watched, String.valueOf(unusable.getMessage()));
    }
  }

  private void kept(Watched watched, String why) {
    err.println(program + ": warning: " + watched.what + " kept as before: " + why);
  }

  private static String stamp(Path file) {
    try {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      return now.lastModifiedTime() + " " + now.size() + " " + now.fileKey();
    } catch (IOException absent) {
      return "absent";
    }
  }
}
