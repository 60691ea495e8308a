// SPDX-License-Identifier: Apache-2.0
package tollway.netstated;

import java.io.IOException;
import org.jline.utils.NonBlockingReader;

/** What somebody at the terminal asks for by pressing a key. */
enum Key {
  UP,
  DOWN,
  PAGE_UP,
  PAGE_DOWN,
  HOME,
  END,
  REDRAW,
  QUIT,
  OTHER;

  private static final int ESCAPE = 27;

  /** The rest of a key's sequence follows its escape at once, also over a slow line. */
  private static final long REST_MILLIS = 100;

  private static final long WAIT_MILLIS = 60_000;

  private static final int MAX_SEQUENCE = 16;

  /** Waits for a key; {@code QUIT} also when the terminal is gone. */
  static Key read(NonBlockingReader reader) throws IOException {
    int first;
    do {
      // Without a limit JLine reads under the lock that closing the terminal takes.
      first = reader.read(WAIT_MILLIS);
    } while (first == NonBlockingReader.READ_EXPIRED);
    return switch (first) {
      case ESCAPE -> sequence(reader);
      case 'q', 'Q', 3, NonBlockingReader.EOF -> QUIT; // 3 is Ctrl-C.
      case 'k' -> UP;
      case 'j', '\r', '\n' -> DOWN;
      case 'b' -> PAGE_UP;
      case ' ', 'f' -> PAGE_DOWN;
      case 'g' -> HOME;
      case 'G' -> END;
      case 12 -> REDRAW; // Ctrl-L.
      default -> OTHER;
    };
  }

  /** ECMA-48 §5.4: parameters, then one final byte from @ to ~. */
  private static Key sequence(NonBlockingReader reader) throws IOException {
    int kind = reader.read(REST_MILLIS);
    if (kind != '[' && kind != 'O') {
      return OTHER;
    }
    StringBuilder parameters = new StringBuilder();
    while (parameters.length() < MAX_SEQUENCE) {
      int next = reader.read(REST_MILLIS);
      if (next < 0) {
        return OTHER;
      }
      if (next >= '@' && next <= '~') {
        return named(parameters.toString(), (char) next);
      }
      parameters.append((char) next);
    }
    return OTHER;
  }

  private static Key named(String parameters, char end) {
    return switch (parameters + end) {
      case "A" -> UP;
      case "B" -> DOWN;
      case "H", "1~", "7~" -> HOME;
      case "F", "4~", "8~" -> END;
      case "5~" -> PAGE_UP;
      case "6~" -> PAGE_DOWN;
      default -> OTHER;
    };
  }
}
