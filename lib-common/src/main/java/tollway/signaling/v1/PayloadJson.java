// SPDX-License-Identifier: Apache-2.0
package tollway.signaling.v1;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import tollway.bytes.MalformedBytesException;

/**
 * Whether a payload is JSON of the shape that the other client will read: some of them pause for
 * seconds, or end, when it is not. Fields that are not theirs may be there, and null for any.
 */
final class PayloadJson {
  private PayloadJson() {}

  /** What to do with the value of one field. */
  private interface Field {
    void read(JsonReader reader, String name) throws IOException, MalformedBytesException;
  }

  static void check(V1Generation generation, V1Type type, String data)
      throws MalformedBytesException {
    // The reader would pass over a byte order mark; RFC 8259 §8.1 has none.
    if (data.startsWith("\ufeff")) {
      throw new MalformedBytesException("not JSON");
    }
    try (JsonReader reader = new JsonReader(new StringReader(data))) {
      reader.setStrictness(Strictness.STRICT);
      switch (type) {
        case GENESIS -> fields(reader, PayloadJson::genesis);
        case OFFER -> fields(reader, PayloadJson::offer);
        case ANSWER -> fields(reader, PayloadJson::description);
        case ICE -> candidates(generation, reader);
      }
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw new MalformedBytesException("something follows the payload");
      }
    } catch (IOException | IllegalStateException | NumberFormatException notJson) {
      throw new MalformedBytesException("not the JSON of a " + type, notJson);
    }
  }

  private static void genesis(JsonReader reader, String name)
      throws IOException, MalformedBytesException {
    if (name.equalsIgnoreCase("PathAssertion")) {
      fieldsOrNull(reader, PayloadJson::assertion);
    } else {
      reader.skipValue();
    }
  }

  private static void assertion(JsonReader reader, String name)
      throws IOException, MalformedBytesException {
    if (name.equalsIgnoreCase("Allow") || name.equalsIgnoreCase("Deny")) {
      objectsOrNull(reader, PayloadJson::endpoint);
    } else if (name.equalsIgnoreCase("JITUnavailable")) {
      oneOf(reader, JsonToken.BOOLEAN);
    } else {
      reader.skipValue();
    }
  }

  private static void endpoint(JsonReader reader, String name)
      throws IOException, MalformedBytesException {
    if (name.equalsIgnoreCase("Host")) {
      oneOf(reader, JsonToken.STRING);
    } else if (name.equalsIgnoreCase("Distance")) {
      if (!isNull(reader) && !number(reader).matches("[0-9]{1,19}")) {
        throw new MalformedBytesException("a distance is a whole number");
      }
    } else {
      reader.skipValue();
    }
  }

  private static void offer(JsonReader reader, String name)
      throws IOException, MalformedBytesException {
    if (name.equalsIgnoreCase("SDP")) {
      fieldsOrNull(reader, PayloadJson::description);
    } else if (name.equalsIgnoreCase("Tag")) {
      oneOf(reader, JsonToken.STRING);
    } else {
      reader.skipValue();
    }
  }

  private static void description(JsonReader reader, String name) throws IOException {
    if (name.equalsIgnoreCase("type") || name.equalsIgnoreCase("sdp")) {
      oneOf(reader, JsonToken.STRING);
    } else {
      reader.skipValue();
    }
  }

  private static void candidates(V1Generation generation, JsonReader reader)
      throws IOException, MalformedBytesException {
    switch (generation) {
      case B24 -> objects(reader, (each, name) -> each.skipValue());
      case U26 -> fields(reader, PayloadJson::candidatesOfSession);
    }
  }

  private static void candidatesOfSession(JsonReader reader, String name)
      throws IOException, MalformedBytesException {
    if (name.equalsIgnoreCase("Candidates")) {
      objectsOrNull(reader, (each, field) -> each.skipValue());
    } else if (name.equalsIgnoreCase("ConsumerSessionID")) {
      oneOf(reader, JsonToken.STRING);
    } else {
      reader.skipValue();
    }
  }

  private static void fields(JsonReader reader, Field field)
      throws IOException, MalformedBytesException {
    reader.beginObject();
    while (reader.hasNext()) {
      field.read(reader, reader.nextName());
    }
    reader.endObject();
  }

  private static void fieldsOrNull(JsonReader reader, Field field)
      throws IOException, MalformedBytesException {
    if (!isNull(reader)) {
      fields(reader, field);
    }
  }

  private static void objects(JsonReader reader, Field field)
      throws IOException, MalformedBytesException {
    reader.beginArray();
    while (reader.hasNext()) {
      fields(reader, field);
    }
    reader.endArray();
  }

  private static void objectsOrNull(JsonReader reader, Field field)
      throws IOException, MalformedBytesException {
    if (!isNull(reader)) {
      objects(reader, field);
    }
  }

  private static void oneOf(JsonReader reader, JsonToken kind) throws IOException {
    if (isNull(reader)) {
      return;
    }
    if (reader.peek() != kind) {
      throw new IllegalStateException("not a " + kind);
    }
    reader.skipValue();
  }

  private static String number(JsonReader reader) throws IOException {
    if (reader.peek() != JsonToken.NUMBER) {
      throw new IllegalStateException("not a number");
    }
    return reader.nextString();
  }

  /** Whether there was a null; it is read then. */
  private static boolean isNull(JsonReader reader) throws IOException {
    if (reader.peek() != JsonToken.NULL) {
      return false;
    }
    reader.nextNull();
    return true;
  }
}
