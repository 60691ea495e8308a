// SPDX-License-Identifier: Apache-2.0
package tollway.console;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** A list of JSON objects as aligned columns; what an object lacks is a dash. */
public final class Table {
  private final List<List<String>> rows = new ArrayList<>();
  private final List<String> fields;

  /** Column headings and the fields below them. */
  public Table(List<String> headings, List<String> fields) {
    rows.add(headings);
    this.fields = List.copyOf(fields);
  }

  public Table fill(JsonArray objects) {
    for (JsonElement element : objects) {
      JsonObject object = element.getAsJsonObject();
      rows.add(
          fields.stream()
              .map(field -> object.has(field) ? object.get(field).getAsString() : "-")
              .toList());
    }
    return this;
  }

  public void print(PrintWriter out) {
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < row.size(); column++) {
        int index = column;
        int width = rows.stream().mapToInt(each -> each.get(index).length()).max().orElse(0);
        line.append(row.get(column)).append(" ".repeat(width - row.get(column).length() + 2));
      }
      out.println(line.toString().stripTrailing());
    }
  }
}
