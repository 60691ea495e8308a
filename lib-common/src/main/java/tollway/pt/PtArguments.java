// SPDX-License-Identifier: Apache-2.0
package tollway.pt;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tollway.bytes.MalformedBytesException;

/** Arguments to text and back; a backslash takes the meaning of what follows it. */
public final class PtArguments {
  private static final char ESCAPE = '\\';

  private PtArguments() {}

  /** Of one connection: {@code key=value;key=value} (pt-spec §3.5). */
  public static List<PtArgument> ofConnection(String text) throws MalformedBytesException {
    List<PtArgument> arguments = new ArrayList<>();
    for (String each : split(text, ';')) {
      arguments.add(argument(each));
    }
    return arguments;
  }

  /** The same as a JSON object of texts (PT 2, SOCKS5 method 9). */
  public static List<PtArgument> ofJson(String text) throws MalformedBytesException {
    try {
      JsonElement parsed = JsonParser.parseString(text);
      if (!(parsed instanceof JsonObject object)) {
        throw new MalformedBytesException("the arguments are no JSON object");
      }
      List<PtArgument> arguments = new ArrayList<>();
      for (Map.Entry<String, JsonElement> each : object.entrySet()) {
        if (!each.getValue().isJsonPrimitive()) {
          throw new MalformedBytesException("an argument is not a text");
        }
        arguments.add(new PtArgument(each.getKey(), each.getValue().getAsString()));
      }
      return arguments;
    } catch (JsonParseException wrong) {
      throw new MalformedBytesException("the arguments are no JSON object");
    }
  }

  /**
   * What {@code transport} is told among {@code transport:key=value;…} for all (pt-spec §3.2.3).
   */
  static List<PtArgument> ofServer(String text, String transport) throws MalformedBytesException {
    List<PtArgument> arguments = new ArrayList<>();
    for (String each : split(text, ';')) {
      int colon = find(each, ':', 0);
      if (colon < 0) {
        throw new MalformedBytesException("an option names no transport");
      }
      PtArgument argument = argument(each.substring(colon + 1));
      if (plain(each.substring(0, colon)).equals(transport)) {
        arguments.add(argument);
      }
    }
    return arguments;
  }

  /** For an SMETHOD line: {@code key=value,key=value} (pt-spec §3.3.3). */
  static String forClients(List<PtArgument> arguments) {
    return arguments.stream()
        .map(each -> escaped(each.key()) + "=" + escaped(each.value()))
        .collect(Collectors.joining(","));
  }

  /** The first with this key. */
  public static Optional<String> value(List<PtArgument> arguments, String key) {
    return arguments.stream()
        .filter(each -> each.key().equals(key))
        .map(PtArgument::value)
        .findFirst();
  }

  private static String escaped(String text) {
    return text.replaceAll("[\\\\=,]", "\\\\$0");
  }

  private static PtArgument argument(String text) throws MalformedBytesException {
    int equals = find(text, '=', 0);
    if (equals <= 0) {
      throw new MalformedBytesException("an argument is not KEY=VALUE");
    }
    return new PtArgument(plain(text.substring(0, equals)), plain(text.substring(equals + 1)));
  }

  /** At each separator that no backslash precedes; the parts are as they were. */
  private static List<String> split(String text, char separator) {
    List<String> parts = new ArrayList<>();
    int from = 0;
    for (int at = find(text, separator, 0); at >= 0; at = find(text, separator, from)) {
      parts.add(text.substring(from, at));
      from = at + 1;
    }
    if (from < text.length()) {
      parts.add(text.substring(from));
    }
    return parts;
  }

  private static int find(String text, char wanted, int from) {
    for (int i = from; i < text.length(); i++) {
      if (text.charAt(i) == ESCAPE) {
        i++;
      } else if (text.charAt(i) == wanted) {
        return i;
      }
    }
    return -1;
  }

  private static String plain(String text) throws MalformedBytesException {
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == ESCAPE && ++i == text.length()) {
        throw new MalformedBytesException("a backslash with nothing behind it");
      }
      plain.append(text.charAt(i));
    }
    return plain.toString();
  }
}
