// SPDX-License-Identifier: Apache-2.0
package tollway.wire;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.identity.Identity;

/** The test vectors in {@code scrooge.json}: messages of the 2017 program and around them. */
final class Vectors {
  private Vectors() {}

  static JsonElement read(String name) throws IOException {
    try (InputStream in = Objects.requireNonNull(Vectors.class.getResourceAsStream(name))) {
      return JsonParser.parseReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    }
  }

  static JsonObject scrooge() throws IOException {
    return read("scrooge.json").getAsJsonObject();
  }

  /** One message that somebody signed. */
  record Signed(String version, String rule, JsonObject json) {
    String raw() {
      return json.get("raw").getAsString();
    }

    Bytes datagram() {
      return Bytes.ofUtf8(raw());
    }

    String text(String key) {
      return json.has(key) ? json.get(key).getAsString() : "";
    }

    JsonObject fields() {
      return json.getAsJsonObject("fields");
    }
  }

  /** The messages of every version, then the ones generated under each rule. */
  static List<Signed> signed() throws IOException {
    List<Signed> all = new ArrayList<>();
    for (String list : List.of("versions", "generated")) {
      for (JsonElement version : scrooge().getAsJsonArray(list)) {
        JsonObject group = version.getAsJsonObject();
        String rule = group.has("signingRule") ? group.get("signingRule").getAsString() : "spaced";
        for (JsonElement message : group.getAsJsonArray("messages")) {
          all.add(new Signed(group.get("version").getAsString(), rule, message.getAsJsonObject()));
        }
      }
    }
    return all;
  }

  /** The private key called {@code name}. */
  static Identity identity(String name) throws IOException, MalformedBytesException {
    for (JsonElement key : scrooge().getAsJsonArray("keys")) {
      if (key.getAsJsonObject().get("name").getAsString().equals(name)) {
        return Identity.ofSeed(Bytes.ofHex(key.getAsJsonObject().get("seedHex").getAsString()));
      }
    }
    throw new IllegalArgumentException(name);
  }
}
