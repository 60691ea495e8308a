// SPDX-License-Identifier: Apache-2.0
package tollway.control;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import tollway.bytes.MalformedBytesException;

/**
 * The lines of the control socket. Question: {@code {"command":"…","arguments":{…}}}; answer:
 * {@code {"result":{…}}} or {@code {"error":"…","code":n}}; event: {@code {"event":"…",…}}.
 */
final class ControlCodec {
  private static final Gson GSON = new Gson().newBuilder().disableHtmlEscaping().create();

  private ControlCodec() {}

  static String encode(ControlQuestion question) {
    JsonObject line = new JsonObject();
    line.addProperty("command", question.command());
    line.add("arguments", question.arguments());
    return GSON.toJson(line) + "\n";
  }

  static ControlQuestion decodeQuestion(String line) throws MalformedBytesException {
    JsonObject object = object(line);
    JsonElement command = object.get("command");
    if (command == null || !command.isJsonPrimitive()) {
      throw new MalformedBytesException("the question names no command");
    }
    JsonElement arguments = object.get("arguments");
    if (arguments != null && !arguments.isJsonObject()) {
      throw new MalformedBytesException("the arguments are no JSON object");
    }
    return new ControlQuestion(
        command.getAsString(), arguments == null ? new JsonObject() : arguments.getAsJsonObject());
  }

  static String result(JsonObject result) {
    JsonObject line = new JsonObject();
    line.add("result", result);
    return GSON.toJson(line) + "\n";
  }

  static String refusal(int code, String why) {
    JsonObject line = new JsonObject();
    line.addProperty("error", why);
    line.addProperty("code", code);
    return GSON.toJson(line) + "\n";
  }

  static String event(JsonObject event) {
    return GSON.toJson(event) + "\n";
  }

  static JsonObject decodeEvent(String line) throws MalformedBytesException {
    JsonObject object = object(line);
    JsonElement event = object.get("event");
    if (event == null || !event.isJsonPrimitive()) {
      throw new MalformedBytesException("the line is no event");
    }
    return object;
  }

  static JsonObject decodeAnswer(String line)
      throws MalformedBytesException, ControlRefusedException {
    JsonObject object = object(line);
    JsonElement error = object.get("error");
    JsonElement code = object.get("code");
    if (error != null && error.isJsonPrimitive() && code != null && code.isJsonPrimitive()) {
      throw new ControlRefusedException(number(code), error.getAsString());
    }
    JsonElement result = object.get("result");
    if (result == null || !result.isJsonObject()) {
      throw new MalformedBytesException("the answer holds neither result nor error");
    }
    return result.getAsJsonObject();
  }

  private static int number(JsonElement code) throws MalformedBytesException {
    try {
      return code.getAsInt();
    } catch (NumberFormatException notANumber) {
      throw new MalformedBytesException("the code is no number");
    }
  }

  private static JsonObject object(String line) throws MalformedBytesException {
    try (JsonReader reader = new JsonReader(new StringReader(line))) {
      reader.setStrictness(Strictness.STRICT);
      JsonElement element = GSON.fromJson(reader, JsonElement.class);
      if (element == null || !element.isJsonObject() || reader.peek() != JsonToken.END_DOCUMENT) {
        throw new MalformedBytesException("not one JSON object");
      }
      return element.getAsJsonObject();
    } catch (JsonParseException | IOException notJson) {
      throw new MalformedBytesException("not JSON", notJson);
    }
  }
}
