// SPDX-License-Identifier: Apache-2.0
package tollway.log;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.event.Level;

/** Standard error, as the process's log. Any thread; no line is torn by another. */
public final class LogOutput {
  private static final AtomicBoolean JSON = new AtomicBoolean();

  private LogOutput() {}

  /** From now on. */
  public static void use(LogFormat format) {
    JSON.set(format == LogFormat.JSON);
  }

  public static LogFormat format() {
    return JSON.get() ? LogFormat.JSON : LogFormat.TEXT;
  }

  /** What a program says of itself; {@code logger}: its name, or that of its part. */
  public static void say(PrintStream out, Level level, String logger, String message) {
    write(out, new LogRecord(Instant.now(), level, logger, "", message, null));
  }

  static void write(PrintStream out, LogRecord what) {
    if (format() == LogFormat.JSON) {
      byte[] line = what.json().getBytes(StandardCharsets.UTF_8); // Whatever the locale says.
      out.write(line, 0, line.length);
    } else {
      out.print(what.text());
    }
    out.flush();
  }
}
