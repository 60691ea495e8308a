// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge.lab;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import tollway.bytes.MalformedBytesException;

/** JSON as RFC 8259 has it, a few levels deep, no name twice. */
final class StrictJson {
  private static final int DEPTH = 8;

  private StrictJson() {}

  static JsonElement parse(String text) throws MalformedBytesException {
    try (JsonReader reader = new JsonReader(new StringReader(text))) {
      reader.setStrictness(Strictness.STRICT);
      JsonElement element = element(reader, 0);
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw new MalformedBytesException("something stands behind the object");
      }
      return element;
    } catch (EOFException half) {
      throw new MalformedBytesException("not JSON: it ends too early", half);
    } catch (MalformedJsonException notJson) {
      throw new MalformedBytesException("not JSON: " + line(notJson), notJson);
    } catch (IOException | NumberFormatException notJson) {
      throw new MalformedBytesException("not JSON", notJson);
    }
  }

  /** Gson tells of its own switches first, and of its web page last. */
  private static String line(MalformedJsonException notJson) {
    String said = String.valueOf(notJson.getMessage());
    int at = said.indexOf(" at line ");
    String place = at < 0 ? "" : said.substring(at + 1).split("\\R", 2)[0];
    return "fault " + place;
  }

  private static JsonElement element(JsonReader reader, int depth)
      throws IOException, MalformedBytesException {
    if (depth > DEPTH) {
      throw new MalformedBytesException("nested too deeply");
    }
    return switch (reader.peek()) {
      case BEGIN_OBJECT -> object(reader, depth);
      case BEGIN_ARRAY -> array(reader, depth);
      case STRING -> new JsonPrimitive(reader.nextString());
      case NUMBER -> new JsonPrimitive(number(reader.nextString()));
      case BOOLEAN -> new JsonPrimitive(reader.nextBoolean());
      default -> throw new MalformedBytesException("null is no value here");
    };
  }

  /** A whole number of moderate size is an Integer, anything else is not. */
  private static Number number(String digits) {
    if (digits.matches("-?[0-9]{1,9}")) {
      return Integer.valueOf(digits);
    }
    return Double.valueOf(digits);
  }

  private static JsonObject object(JsonReader reader, int depth)
      throws IOException, MalformedBytesException {
    JsonObject object = new JsonObject();
    reader.beginObject();
    while (reader.hasNext()) {
      String name = reader.nextName();
      if (object.has(name)) {
        throw new MalformedBytesException("'" + JsonFields.printable(name) + "' is there twice");
      }
      object.add(name, element(reader, depth + 1));
    }
    reader.endObject();
    return object;
  }

  private static JsonArray array(JsonReader reader, int depth)
      throws IOException, MalformedBytesException {
    JsonArray array = new JsonArray();
    reader.beginArray();
    while (reader.hasNext()) {
      array.add(element(reader, depth + 1));
    }
    reader.endArray();
    return array;
  }
}
