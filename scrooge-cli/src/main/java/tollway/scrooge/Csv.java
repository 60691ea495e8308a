// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.List;
import java.util.stream.Collectors;

/** A list of JSON objects as comma-separated values (RFC 4180); what an object lacks is empty. */
final class Csv {
  private Csv() {}

  static void print(PrintWriter out, List<String> fields, JsonArray objects) {
    out.print(String.join(",", fields) + "\r\n");
    for (JsonElement element : objects) {
      JsonObject object = element.getAsJsonObject();
      out.print(
          fields.stream()
                  .map(field -> object.has(field) ? quoted(object.get(field).getAsString()) : "")
                  .collect(Collectors.joining(","))
              + "\r\n");
    }
  }

  private static String quoted(String value) {
    return value.matches("[^\",\r\n]*") ? value : '"' + value.replace("\"", "\"\"") + '"';
  }
}
