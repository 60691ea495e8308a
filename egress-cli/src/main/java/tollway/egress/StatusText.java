// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import tollway.cli.ByteText;
import tollway.console.EventText;
import tollway.console.Table;

/** A daemon's status for people: a line for each thing, and a table for each list of things. */
final class StatusText {
  private StatusText() {}

  static void print(JsonObject status, PrintWriter out) {
    for (Map.Entry<String, JsonElement> entry : status.entrySet()) {
      if (!(entry.getValue() instanceof JsonArray)) {
        String text = text(entry.getKey(), entry.getValue());
        if (!text.isEmpty()) {
          out.printf("%-15s %s%n", words(entry.getKey()), text);
        }
      }
    }
    for (Map.Entry<String, JsonElement> entry : status.entrySet()) {
      if (entry.getValue() instanceof JsonArray rows && !rows.isEmpty()) {
        out.println();
        out.println(words(entry.getKey()) + ":");
        table(rows).print(out);
      }
    }
  }

  private static Table table(JsonArray rows) {
    Set<String> fields = new LinkedHashSet<>();
    JsonArray shown = new JsonArray();
    for (JsonElement row : rows) {
      JsonObject cells = new JsonObject();
      row.getAsJsonObject()
          .entrySet()
          .forEach(cell -> cells.addProperty(cell.getKey(), text(cell.getKey(), cell.getValue())));
      fields.addAll(cells.keySet());
      shown.add(cells);
    }
    List<String> order = List.copyOf(fields);
    return new Table(
            order.stream().map(name -> words(name).toUpperCase(Locale.ROOT)).toList(), order)
        .fill(shown);
  }

  private static String text(String name, JsonElement value) {
    if (value instanceof JsonObject object) {
      StringJoiner joined = new StringJoiner(", ");
      object
          .entrySet()
          .forEach(
              each ->
                  joined.add(words(each.getKey()) + " " + text(each.getKey(), each.getValue())));
      return joined.toString();
    }
    if (name.endsWith("Bytes")) {
      return ByteText.of(value.getAsLong());
    }
    return EventText.plain(value.getAsString());
  }

  /** {@code sentBytes}: sent; {@code uptimeSeconds}: uptime seconds. */
  private static String words(String name) {
    return name.replaceFirst("Bytes$", "").replaceAll("([A-Z])", " $1").toLowerCase(Locale.ROOT);
  }
}
