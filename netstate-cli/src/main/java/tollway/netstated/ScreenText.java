// SPDX-License-Identifier: Apache-2.0
package tollway.netstated;

import java.util.ArrayList;
import java.util.List;
import org.jline.terminal.Size;
import tollway.netstate.GraphView;

/** What stands on the screen: a head, the part of the table one has scrolled to, a foot. */
final class ScreenText {
  private static final String KEYS = "q quit, arrows and Page keys scroll";

  private final String title;
  private int top;
  private int body;

  ScreenText(String title) {
    this.title = title;
  }

  /** Exactly as many rows as the screen has. */
  List<Row> rows(GraphView view, String trouble, Size size) {
    List<Row> table = MapTable.rows(view);
    boolean roomy = size.getRows() >= 8;
    List<Row> head = new ArrayList<>();
    head.add(
        Row.of(title + " ", Row.Style.TITLE)
            .and(
                trouble.isEmpty() ? "live" : "LOST: " + trouble + "; trying again",
                trouble.isEmpty() ? Row.Style.ACTIVE : Row.Style.ALERT));
    if (roomy) {
      head.add(MapTable.summary(view));
      head.add(Row.EMPTY);
    }
    int foot = roomy ? 2 : 0;
    body = Math.max(0, size.getRows() - head.size() - foot);
    top = Math.max(0, Math.min(top, table.size() - body));
    int end = Math.min(table.size(), top + body);
    List<Row> rows = new ArrayList<>(head);
    rows.addAll(table.subList(Math.min(top, end), end));
    while (rows.size() < head.size() + body) {
      rows.add(Row.EMPTY);
    }
    if (roomy) {
      boolean whole = table.size() <= body;
      String part = whole ? "" : ", rows %d-%d of %d".formatted(top + 1, end, table.size());
      rows.add(Row.EMPTY);
      rows.add(Row.of(KEYS + part, Row.Style.FAINT));
    }
    return rows.subList(0, Math.min(rows.size(), size.getRows()));
  }

  /** The next rows that are asked for heed the key. */
  void scroll(Key key) {
    top =
        switch (key) {
          case UP -> top - 1;
          case DOWN -> top + 1;
          case PAGE_UP -> top - Math.max(1, body - 1);
          case PAGE_DOWN -> top + Math.max(1, body - 1);
          case HOME -> 0;
          case END -> Integer.MAX_VALUE / 2;
          default -> top;
        };
  }
}
