// SPDX-License-Identifier: Apache-2.0
package tollway.netstated;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jline.utils.WCWidth;

/** One row of text on a screen, in pieces that each have a style. */
record Row(List<Piece> pieces) {
  static final Row EMPTY = new Row(List.of());

  /** How a piece is set off, where there are colours; each with its SGR parameters. */
  enum Style {
    PLAIN(""),
    TITLE("1"),
    ACTIVE("1;32"),
    IDLE("33"),
    FAINT("2"),
    ALERT("1;31");

    private final String parameters;

    Style(String parameters) {
      this.parameters = parameters;
    }
  }

  /** Text without anything that moves the cursor. */
  record Piece(String text, Style style) {}

  Row {
    pieces = List.copyOf(pieces);
  }

  static Row of(String text, Style style) {
    return new Row(List.of(new Piece(text, style)));
  }

  Row and(String text, Style style) {
    List<Piece> longer = new ArrayList<>(pieces);
    longer.add(new Piece(text, style));
    return new Row(longer);
  }

  Row and(String text) {
    return and(text, Style.PLAIN);
  }

  /** Continues at a column; a row that is longer already goes on after a space. */
  Row at(int column) {
    return and(" ".repeat(Math.max(pieces.isEmpty() ? 0 : 1, column - width())));
  }

  /** In columns of a terminal. */
  int width() {
    return pieces.stream().mapToInt(piece -> width(piece.text())).sum();
  }

  static int width(String text) {
    return text.codePoints().map(Row::width).sum();
  }

  /** Without styles, and without what is blank at the end. */
  String plain() {
    return pieces.stream().map(Piece::text).collect(Collectors.joining()).stripTrailing();
  }

  /** At most {@code columns} wide, with escape sequences for the styles when {@code colour}. */
  String render(int columns, boolean colour) {
    StringBuilder out = new StringBuilder();
    int room = columns;
    for (Piece piece : pieces) {
      String fitting = cut(piece.text(), room);
      room -= width(fitting);
      boolean styled = colour && piece.style() != Style.PLAIN && !fitting.isBlank();
      if (styled) {
        out.append("\u001b[").append(piece.style().parameters).append('m');
      }
      out.append(fitting);
      if (styled) {
        out.append("\u001b[0m");
      }
      if (fitting.length() < piece.text().length()) {
        break;
      }
    }
    return out.toString();
  }

  private static String cut(String text, int columns) {
    int room = columns;
    int end = 0;
    while (end < text.length()) {
      int codePoint = text.codePointAt(end);
      room -= width(codePoint);
      if (room < 0) {
        break;
      }
      end += Character.charCount(codePoint);
    }
    return text.substring(0, end);
  }

  private static int width(int codePoint) {
    return Math.max(0, WCWidth.wcwidth(codePoint));
  }
}
