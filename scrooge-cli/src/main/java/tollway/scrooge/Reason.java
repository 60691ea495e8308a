// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonObject;

/** Why something is as it is: a code for scripts, which does not change, and sentences. */
record Reason(String code, String text) {
  JsonObject json() {
    JsonObject json = new JsonObject();
    json.addProperty("code", code);
    json.addProperty("text", text);
    return json;
  }
}
