// SPDX-License-Identifier: Apache-2.0
package tollway.netstated;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tollway.bytes.MalformedBytesException;

/** Reads server-sent events from a buffered stream and believes none that is too long. */
final class SseReader {
  /** Twice the largest graph that a view may hold, in bytes. */
  static final int MAX_EVENT = 16 << 20;

  private final InputStream in;
  private boolean afterReturn;

  SseReader(InputStream in) {
    this.in = in;
  }

  /** One event: the type is "message" when the server names none. */
  record Event(String type, String data) {}

  /** The next event, or null at the end of the stream. */
  @Nullable Event next() throws IOException, MalformedBytesException {
    String type = "";
    StringBuilder data = new StringBuilder();
    int room = MAX_EVENT;
    while (true) {
      String line = line(room);
      if (line == null) {
        return null; // An event that is not complete does not count.
      }
      room -= line.length();
      if (line.isEmpty()) {
        if (data.length() > 0) {
          return new Event(type.isEmpty() ? "message" : type, data.substring(0, data.length() - 1));
        }
        type = ""; // A tick, or nothing at all.
        room = MAX_EVENT;
        continue;
      }
      int colon = line.indexOf(':');
      String field = colon < 0 ? line : line.substring(0, colon);
      String value = colon < 0 ? "" : line.substring(colon + 1).replaceFirst("^ ", "");
      switch (field) {
        case "event" -> type = value;
        case "data" -> data.append(value).append('\n');
        default -> {
          // Comments, ids and what we do not know.
        }
      }
    }
  }

  /** Without its end, which is a line feed, a carriage return or both. */
  private @Nullable String line(int room) throws IOException, MalformedBytesException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    while (true) {
      int next = in.read();
      boolean followsReturn = afterReturn;
      afterReturn = next == '\r';
      if (next == '\n' && followsReturn) {
        continue; // The second half of a line end.
      }
      if (next < 0) {
        return null;
      }
      if (next == '\n' || next == '\r') {
        return bytes.toString(StandardCharsets.UTF_8);
      }
      if (bytes.size() == room) {
        throw new MalformedBytesException("an event of more than " + MAX_EVENT + " bytes");
      }
      bytes.write(next);
    }
  }
}
