// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge.lab;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import tollway.bytes.MalformedBytesException;

/** A JSON object of which every field must be asked for; faults name where it is. */
final class JsonFields {
  private final JsonObject object;
  private final String where;
  private final TreeSet<String> left;

  /** {@code where} is empty for the outermost object. */
  JsonFields(JsonElement element, String where) throws MalformedBytesException {
    this.where = where;
    if (!element.isJsonObject()) {
      throw fault(where.isEmpty() ? "the file" : where, "is not an object");
    }
    object = element.getAsJsonObject();
    left = new TreeSet<>(object.keySet());
  }

  boolean has(String name) {
    return object.has(name);
  }

  List<String> names() {
    return List.copyOf(object.keySet());
  }

  String path(String name) {
    return where.isEmpty() ? printable(name) : where + "." + printable(name);
  }

  /** A name may hold anything, and goes to a terminal. */
  static String printable(String name) {
    return name.matches("[A-Za-z0-9_-]{1,32}") ? name : "(an odd name)";
  }

  static MalformedBytesException fault(String path, String why) {
    return new MalformedBytesException(path + " " + why);
  }

  MalformedBytesException faultAt(String name, String why) {
    return fault(path(name), why);
  }

  JsonElement any(String name) throws MalformedBytesException {
    JsonElement value = object.get(name);
    if (value == null) {
      throw faultAt(name, "is missing");
    }
    left.remove(name);
    return value;
  }

  JsonFields object(String name) throws MalformedBytesException {
    return new JsonFields(any(name), path(name));
  }

  String text(String name, int limit) throws MalformedBytesException {
    JsonElement value = any(name);
    if (!value.isJsonPrimitive() || !value.getAsJsonPrimitive().isString()) {
      throw faultAt(name, "is not a string");
    }
    String text = value.getAsString();
    if (text.isEmpty()
        || text.codePointCount(0, text.length()) > limit
        || text.chars().anyMatch(Character::isISOControl)) {
      throw faultAt(name, "is not one line of at most " + limit + " characters");
    }
    return text;
  }

  String choice(String name, String standard, List<String> choices) throws MalformedBytesException {
    if (!has(name)) {
      return standard;
    }
    String text = text(name, 64);
    if (!choices.contains(text)) {
      throw faultAt(name, "is not one of " + String.join(", ", choices));
    }
    return text;
  }

  int number(String name, int standard, int least, int most) throws MalformedBytesException {
    return has(name) ? number(name, least, most) : standard;
  }

  int number(String name, int least, int most) throws MalformedBytesException {
    return number(any(name), path(name), least, most);
  }

  static int number(JsonElement value, String path, int least, int most)
      throws MalformedBytesException {
    if (value.isJsonPrimitive()
        && value.getAsJsonPrimitive().isNumber()
        && value.getAsNumber() instanceof Integer whole
        && whole >= least
        && whole <= most) {
      return whole;
    }
    throw fault(path, "is not a whole number from " + least + " to " + most);
  }

  /** Whole numbers, at least {@code fewest} and at most {@code many} of them, none twice. */
  List<Integer> numbers(String name, int fewest, int many, int least, int most)
      throws MalformedBytesException {
    return numbers(any(name), path(name), fewest, many, least, most);
  }

  static List<Integer> numbers(
      JsonElement value, String path, int fewest, int many, int least, int most)
      throws MalformedBytesException {
    List<Integer> numbers = new ArrayList<>();
    List<JsonElement> elements = list(value, path, fewest, many);
    for (int i = 0; i < elements.size(); i++) {
      int number = number(elements.get(i), path + "[" + i + "]", least, most);
      if (numbers.contains(number)) {
        throw fault(path + "[" + i + "]", "is there twice");
      }
      numbers.add(number);
    }
    return numbers;
  }

  List<JsonElement> list(String name, int fewest, int many) throws MalformedBytesException {
    return list(any(name), path(name), fewest, many);
  }

  private static List<JsonElement> list(JsonElement value, String path, int fewest, int many)
      throws MalformedBytesException {
    if (!(value instanceof JsonArray array) || array.size() < fewest || array.size() > many) {
      throw fault(path, "is not a list of " + fewest + " to " + many);
    }
    return array.asList();
  }

  /** Call it last: what nobody asked for is a spelling mistake. */
  void done() throws MalformedBytesException {
    if (!left.isEmpty()) {
      throw faultAt(left.first(), "is not a field that is known here");
    }
  }
}
