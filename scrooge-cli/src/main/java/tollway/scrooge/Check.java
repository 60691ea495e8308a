// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonObject;
import java.util.Locale;

/** One thing that was looked at, and what to do when it is not as it has to be. */
record Check(String name, State state, String text, String remedy) {
  enum State {
    OK,
    /** Works, but not as well as it could, or could not be tried. */
    WARN,
    /** Without it there is no running scrooge. */
    FAIL
  }

  static Check ok(String name, String text) {
    return new Check(name, State.OK, text, "");
  }

  static Check warn(String name, String text, String remedy) {
    return new Check(name, State.WARN, text, remedy);
  }

  static Check fail(String name, String text, String remedy) {
    return new Check(name, State.FAIL, text, remedy);
  }

  String line() {
    String told = remedy.isEmpty() ? text : text + ": " + remedy;
    return "%-4s  %-18s  %s"
        .formatted(
            state == State.FAIL ? "FAIL" : label(), name, told.replaceAll("\\s*\\R\\s*", "; "));
  }

  JsonObject json() {
    JsonObject json = new JsonObject();
    json.addProperty("name", name);
    json.addProperty("state", label());
    json.addProperty("text", text);
    if (!remedy.isEmpty()) {
      json.addProperty("remedy", remedy);
    }
    return json;
  }

  private String label() {
    return state.name().toLowerCase(Locale.ROOT);
  }
}
