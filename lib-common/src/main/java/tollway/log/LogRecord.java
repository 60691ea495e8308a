// SPDX-License-Identifier: Apache-2.0
package tollway.log;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * One thing that a daemon tells.
 *
 * @param logger which part of it tells
 * @param thread the one on which it happened
 */
record LogRecord(
    Instant at,
    Level level,
    String logger,
    String thread,
    String message,
    @Nullable Throwable error) {
  /** In characters; a stack trace is cut as well. */
  static final int LONGEST = 8_192;

  private static final DateTimeFormatter MILLIS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  /** For people; a stack trace follows in lines of its own. */
  String text() {
    String line =
        MILLIS.format(at) + " [" + thread + "] " + level + " " + logger + " - " + message + "\n";
    return error == null ? line : line + trace(error);
  }

  /** One line, whatever strangers have put into it: an object, with its line break. */
  String json() {
    StringBuilder out = new StringBuilder("{\"time\":\"");
    out.append(MILLIS.format(at.truncatedTo(ChronoUnit.MILLIS))).append('"');
    field(out, "level", level.toString());
    field(out, "logger", logger);
    if (!thread.isEmpty()) {
      field(out, "thread", thread);
    }
    field(out, "message", message);
    if (error != null) {
      field(out, "error", trace(error));
    }
    return out.append("}\n").toString();
  }

  private static String trace(Throwable error) {
    StringWriter text = new StringWriter();
    error.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  private static void field(StringBuilder out, String name, String value) {
    out.append(",\"").append(name).append("\":\"");
    int end = Math.min(value.length(), LONGEST);
    for (int i = 0; i < end; ) {
      int point = value.codePointAt(i);
      i += Character.charCount(point);
      append(out, point);
    }
    out.append(end < value.length() ? "…\"" : "\"");
  }

  /** RFC 8259 §7; what terminals or people would be fooled by is escaped as well. */
  private static void append(StringBuilder out, int point) {
    switch (point) {
      case '"' -> out.append("\\\"");
      case '\\' -> out.append("\\\\");
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      default -> {
        int type = Character.getType(point);
        if (type == Character.SURROGATE) {
          out.append('\ufffd'); // Half a character has no UTF-8.
        } else if (type == Character.CONTROL
            || type == Character.FORMAT
            || type == Character.LINE_SEPARATOR
            || type == Character.PARAGRAPH_SEPARATOR) {
          for (char unit : Character.toChars(point)) {
            out.append(String.format(Locale.ROOT, "\\u%04x", (int) unit));
          }
        } else {
          out.appendCodePoint(point);
        }
      }
    }
  }
}
