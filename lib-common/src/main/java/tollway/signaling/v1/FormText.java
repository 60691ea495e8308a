// SPDX-License-Identifier: Apache-2.0
package tollway.signaling.v1;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import tollway.bytes.MalformedBytesException;

/**
 * The {@code application/x-www-form-urlencoded} form of name and value pairs (URL Standard §5.1),
 * but strict: an escape is {@code %} and two hexadecimal digits, what comes out is UTF-8, and
 * {@code ;} separates nothing.
 */
final class FormText {
  /** Pairs that are looked at; stock clients send three. */
  private static final int MOST_PAIRS = 16;

  private FormText() {}

  /** The values by their names; of a name's several values the first. */
  static Map<String, String> parse(byte[] form) throws MalformedBytesException {
    Map<String, String> values = new HashMap<>();
    int pairs = 0;
    int from = 0;
    while (from < form.length) {
      int end = indexOf(form, '&', from, form.length);
      if (end > from) {
        if (++pairs > MOST_PAIRS) {
          throw new MalformedBytesException("the form has too many fields");
        }
        int equals = indexOf(form, '=', from, end);
        String name = text(form, from, equals);
        values.putIfAbsent(name, text(form, Math.min(equals + 1, end), end));
      }
      from = end + 1;
    }
    return values;
  }

  private static int indexOf(byte[] form, char wanted, int from, int end) {
    int at = from;
    while (at < end && form[at] != wanted) {
      at++;
    }
    return at;
  }

  private static String text(byte[] form, int from, int end) throws MalformedBytesException {
    ByteArrayOutputStream plain = new ByteArrayOutputStream(end - from);
    for (int at = from; at < end; at++) {
      switch (form[at]) {
        case '+' -> plain.write(' ');
        case ';' -> throw new MalformedBytesException("a semicolon must be escaped in a form");
        case '%' -> {
          if (at + 2 >= end) {
            throw new MalformedBytesException("an escape is cut off");
          }
          plain.write(digit(form[at + 1]) << 4 | digit(form[at + 2]));
          at += 2;
        }
        default -> plain.write(form[at]);
      }
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(plain.toByteArray()))
          .toString();
    } catch (CharacterCodingException notUtf8) {
      throw new MalformedBytesException("the form is not UTF-8");
    }
  }

  private static int digit(byte hex) throws MalformedBytesException {
    int value = Character.digit(hex, 16);
    if (value < 0) {
      throw new MalformedBytesException("an escape is not hexadecimal");
    }
    return value;
  }
}
