// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tollway.console.Table;
import tollway.shaping.ClaimText;

/** The answers to {@code share} and {@code qos} as lines for people. */
final class QosView {
  private static final int LABEL = "12345678  delivered ".length();
  private static final int FIGURE = " 123.4mbit".length();

  private QosView() {}

  /** What is shared, in one line, and what is wrong with it, in another. */
  static List<String> share(JsonObject answer) {
    List<String> lines = new ArrayList<>();
    if (answer.has("shareKbit")) {
      StringBuilder line = new StringBuilder("share ");
      line.append(rate(answer, "shareKbit"));
      String said = answer.has("share") ? answer.get("share").getAsString() : "";
      if (said.endsWith("%")) {
        line.append(", ").append(said);
      }
      if (answer.has("uplinkKbit")) {
        line.append(said.endsWith("%") ? " of" : ",").append(" an uplink of ");
        line.append(rate(answer, "uplinkKbit"));
      }
      lines.add(line.append(", queues by ").append(answer.get("queue").getAsString()).toString());
    } else if (answer.has("share")) {
      lines.add("share " + answer.get("share").getAsString());
    } else {
      lines.add(
          "no share is set: what is forwarded has no bound ('scrooge share 20mbit' sets one)");
    }
    if (answer.has("ingressKbit")) {
      lines.add("each neighbour hands us " + rate(answer, "ingressKbit") + " at most");
    }
    if (answer.has("trouble")) {
      lines.add("NOT IN EFFECT: " + answer.get("trouble").getAsString());
    }
    return lines;
  }

  /** The share, a table of neighbours, and two bars for each. */
  static List<String> of(JsonObject answer, int width) {
    List<String> lines = new ArrayList<>(share(answer));
    JsonArray neighbors = answer.getAsJsonArray("neighbors");
    if (!answer.has("shareKbit") || !answer.has("deliveredKbit")) {
      return lines;
    }
    lines.add(
        "forwarded %s, own traffic %s"
            .formatted(rate(answer, "deliveredKbit"), rate(answer, "ownKbit")));
    lines.add("");
    if (neighbors.isEmpty()) {
      lines.add("no neighbour has a tunnel");
      return lines;
    }
    lines.addAll(table(neighbors));
    lines.add("");
    double scale = answer.get("shareKbit").getAsDouble();
    for (JsonElement each : neighbors) {
      JsonObject neighbor = each.getAsJsonObject();
      String brief = neighbor.get("publicKey").getAsString().substring(0, 8);
      lines.add(bar(brief + "  promised  ", neighbor, "promisedKbit", '▒', scale, width));
      lines.add(bar(" ".repeat(8) + "  delivered ", neighbor, "deliveredKbit", '█', scale, width));
    }
    return lines;
  }

  private static List<String> table(JsonArray neighbors) {
    JsonArray rows = new JsonArray();
    for (JsonElement each : neighbors) {
      JsonObject neighbor = each.getAsJsonObject();
      JsonObject row = new JsonObject();
      row.addProperty("key", neighbor.get("publicKey").getAsString());
      row.addProperty("weight", ClaimText.number(neighbor.get("weight").getAsDouble()));
      row.addProperty("promised", rate(neighbor, "promisedKbit"));
      if (neighbor.has("dueKbit")) {
        row.addProperty("due", rate(neighbor, "dueKbit"));
        double error = neighbor.get("errorPercent").getAsDouble();
        row.addProperty("error", String.format(Locale.ROOT, "%+.1f%%", error));
      }
      row.addProperty("delivered", rate(neighbor, "deliveredKbit"));
      row.addProperty("backlog", neighbor.get("backlogBytes").getAsString());
      row.addProperty("drops", neighbor.get("drops").getAsString());
      rows.add(row);
    }
    StringWriter text = new StringWriter();
    PrintWriter printer = new PrintWriter(text);
    new Table(
            List.of(
                "PUBLIC KEY",
                "WEIGHT",
                "PROMISED",
                "DUE",
                "DELIVERED",
                "ERROR",
                "BACKLOG",
                "DROPS"),
            List.of("key", "weight", "promised", "due", "delivered", "error", "backlog", "drops"))
        .fill(rows)
        .print(printer);
    printer.flush();
    return text.toString().lines().toList();
  }

  /** The whole share is as long as fits. */
  private static String bar(
      String label, JsonObject neighbor, String field, char mark, double scale, int width) {
    int room = Math.max(10, width - LABEL - FIGURE);
    double part = neighbor.get(field).getAsDouble() / scale;
    int length = (int) Math.round(Math.min(1, Math.max(0, part)) * room);
    return label + String.valueOf(mark).repeat(length) + " " + rate(neighbor, field);
  }

  private static String rate(JsonObject object, String field) {
    double kbit = object.has(field) ? object.get(field).getAsDouble() : 0;
    return kbit < 1000
        ? String.format(Locale.ROOT, "%.0fkbit", kbit)
        : String.format(Locale.ROOT, "%.1fmbit", kbit / 1000).replace(".0", "");
  }
}
