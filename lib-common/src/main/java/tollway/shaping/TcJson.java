// SPDX-License-Identifier: Apache-2.0
package tollway.shaping;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/** Reads what {@code tc -j qdisc show} prints. */
final class TcJson {
  private TcJson() {}

  /** By the number of the class that each queue hangs on. */
  static Map<Integer, ClassCount> counts(String printed) throws IOException {
    try {
      Map<Integer, ClassCount> counts = new TreeMap<>();
      for (JsonElement element : JsonParser.parseString(printed).getAsJsonArray()) {
        JsonObject queue = element.getAsJsonObject();
        String parent = queue.has("parent") ? queue.get("parent").getAsString() : "";
        if (parent.matches("1:[0-9a-f]{1,4}")) {
          counts.put(
              Integer.parseInt(parent.substring(2), 16),
              new ClassCount(
                  number(queue, "bytes"),
                  number(queue, "packets"),
                  number(queue, "drops"),
                  number(queue, "backlog")));
        }
      }
      return counts;
    } catch (JsonParseException
        | IllegalStateException
        | NumberFormatException
        | UnsupportedOperationException unexpected) {
      throw new IOException("cannot read what 'tc qdisc show' printed", unexpected);
    }
  }

  /** Whether HTB is there as we make it, {@code fallback} being its default class. */
  static boolean hasOurRoot(String printed, int fallback) throws IOException {
    try {
      for (JsonElement element : JsonParser.parseString(printed).getAsJsonArray()) {
        JsonObject queue = element.getAsJsonObject();
        if (queue.has("root")
            && queue.get("kind").getAsString().equals("htb")
            && queue.get("handle").getAsString().equals("1:")) {
          String number = queue.getAsJsonObject("options").get("default").getAsString();
          return Integer.decode(number) == fallback;
        }
      }
      return false;
    } catch (JsonParseException
        | IllegalStateException
        | NullPointerException
        | NumberFormatException
        | UnsupportedOperationException unexpected) {
      throw new IOException("cannot read what 'tc qdisc show' printed", unexpected);
    }
  }

  private static long number(JsonObject queue, String name) {
    return queue.has(name) ? queue.get(name).getAsLong() : 0;
  }
}
