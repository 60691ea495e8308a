// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge.lab;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What was seen in a scenario, row by row. */
public final class Report {
  private final List<Row> rows = new ArrayList<>();

  /** One check of one node, or of {@code all}. */
  public record Row(String node, String check, boolean passed, double seconds, String detail) {
    public String result() {
      return passed ? "ok" : "FAILED";
    }

    public String time() {
      return String.format(Locale.ROOT, "%.2f", seconds);
    }
  }

  void add(Row row) {
    rows.add(row);
  }

  public List<Row> rows() {
    return List.copyOf(rows);
  }

  public boolean passed() {
    return rows.stream().allMatch(Row::passed);
  }

  public JsonArray json() {
    JsonArray list = new JsonArray();
    for (Row row : rows) {
      JsonObject json = new JsonObject();
      json.addProperty("node", row.node());
      json.addProperty("check", row.check());
      json.addProperty("passed", row.passed());
      json.addProperty("seconds", Double.parseDouble(row.time()));
      if (!row.detail().isEmpty()) {
        json.addProperty("detail", row.detail());
      }
      list.add(json);
    }
    return list;
  }
}
