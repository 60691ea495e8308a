// SPDX-License-Identifier: Apache-2.0
package tollway.console;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Map;
import java.util.Set;

/** An event as a line for people: when, what, and its details. */
public final class EventText {
  /** Said elsewhere in the line, or of no use to people. */
  private static final Set<String> TOLD = Set.of("event", "at", "seq", "now");

  private EventText() {}

  public static String line(JsonObject event) {
    StringBuilder line = new StringBuilder();
    line.append(event.has("now") ? "now" : text(event, "at")).append("  ");
    line.append(text(event, "event"));
    for (Map.Entry<String, JsonElement> detail : event.entrySet()) {
      if (!TOLD.contains(detail.getKey())) {
        JsonElement value = detail.getValue();
        line.append("  ").append(detail.getKey()).append('=');
        line.append(value.isJsonPrimitive() ? value.getAsString() : value.toString());
      }
    }
    return plain(line.toString());
  }

  /** Without what a terminal would obey: some texts come from strangers. */
  public static String plain(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }

  private static String text(JsonObject event, String name) {
    return event.has(name) ? event.get(name).getAsString() : "-";
  }
}
