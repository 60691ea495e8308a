// SPDX-License-Identifier: Apache-2.0
package tollway.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import tollway.log.LogFormat;
import tollway.log.LogOutput;

/**
 * The process's standard error: lines as they are given, or, when the log is to be JSON, an object
 * for each call of {@code println}, whatever is in it.
 */
final class StandardErrorWriter extends PrintWriter {
  /** {@code freddie: warning: …} */
  private static final Pattern LINE =
      Pattern.compile("(?:([a-z][a-z ]{0,30}): )?(warning: )?(.*)", Pattern.DOTALL);

  private final PrintStream stream;
  private final StringBuilder begun = new StringBuilder();

  StandardErrorWriter(PrintStream out) {
    super(out, true, StandardCharsets.UTF_8);
    stream = out;
  }

  @Override
  public void println(@Nullable String line) {
    if (LogOutput.format() == LogFormat.JSON) {
      synchronized (begun) {
        begun.append(line);
        say();
      }
    } else {
      super.println(line);
    }
  }

  @Override
  public void println(@Nullable Object line) {
    println(String.valueOf(line));
  }

  @Override
  public void println() {
    if (LogOutput.format() == LogFormat.JSON) {
      println("");
    } else {
      super.println();
    }
  }

  @Override
  public void write(String text, int from, int length) {
    if (LogOutput.format() == LogFormat.JSON) {
      append(text.substring(from, from + length));
    } else {
      super.write(text, from, length);
    }
  }

  @Override
  public void write(char[] text, int from, int length) {
    if (LogOutput.format() == LogFormat.JSON) {
      append(new String(text, from, length));
    } else {
      super.write(text, from, length);
    }
  }

  @Override
  public void write(int character) {
    if (LogOutput.format() == LogFormat.JSON) {
      append(Character.toString((char) character));
    } else {
      super.write(character);
    }
  }

  /** What {@code printf} gives piece by piece: a line is said when its end comes. */
  private void append(String text) {
    synchronized (begun) {
      begun.append(text);
      if (text.endsWith("\n")) {
        begun.setLength(begun.length() - 1);
        say();
      }
    }
  }

  private void say() {
    String all = begun.toString();
    begun.setLength(0);
    Matcher parts = LINE.matcher(all);
    boolean fits = parts.matches(); // Anything does.
    String who = fits && parts.group(1) != null ? parts.group(1) : "";
    Level level = fits && parts.group(2) != null ? Level.WARN : Level.INFO;
    if (!all.isEmpty()) {
      LogOutput.say(stream, level, who, fits ? parts.group(3) : all);
    }
  }
}
